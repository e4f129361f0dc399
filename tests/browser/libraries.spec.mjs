// Applications that use unmodified client libraries: each learns everything about latchkey by discovery.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { Auth } from '@auth/core';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';

import { add } from './clients.mjs';
import { start } from './latchkey.mjs';
import { Person } from './person.mjs';

const API = 'https://pets.example.com';
const CALLBACK = 'https://app.example.com/callback';
const ALL = 'openid profile email offline_access';
const INSECURE = { execute: [oidc.allowInsecureRequests] };

let latchkey;

before(async () => {
  latchkey = await start({
    CORS_ORIGINS: 'http://localhost:5173',
    ROLES: 'admin=users:read users:write get:profile pets:read pets:write; member=get:profile pets:read',
  });
  await latchkey.command('client', 'add', 'api', 'Pets', '--audience', API, '--scope', 'pets:read', '--scope', 'pets:write');
});
after(() => latchkey?.stop());

const web = (...flags) =>
  add(latchkey, 'web', 'Shop', '--redirect-uri', CALLBACK, '--audience', API, '--scope', 'pets:read', ...flags);

const discover = ({ client_id, client_secret }, metadata, auth) =>
  oidc.discovery(new URL(latchkey.url), client_id, metadata ?? client_secret, auth, INSECURE);

/** Sends a person to sign in: what is needed to finish, with the address that they came back to. */
async function authorize(config, parameters, person = new Person(latchkey.url), build = oidc.buildAuthorizationUrl) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const url = await build(config, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  });
  const { url: back } = await person.follow(url);
  return { checks, back };
}

async function signIn(config, parameters, person, build) {
  const { checks, back } = await authorize(config, parameters, person, build);
  return oidc.authorizationCodeGrant(config, back, checks);
}

describe('openid-client', () => {
  it('signs a person in on another device', async () => {
    const flags = ['--redirect-uri', 'http://127.0.0.1/callback', '--device', '--audience', API, '--scope', 'pets:read'];
    const { client_id } = await add(latchkey, 'native', 'Television', ...flags);
    const config = await oidc.discovery(new URL(latchkey.url), client_id, undefined, oidc.None(), INSECURE);
    const asked = await oidc.initiateDeviceAuthorization(config, { scope: `${ALL} pets:read`, resource: API });
    const polling = oidc.pollDeviceAuthorizationGrant(config, asked);
    const pages = await new Person(latchkey.url).connect(asked.verification_uri_complete);
    assert.match(pages.at(-1), /Your device is connected/);
    const tokens = await polling;
    assert.equal(tokens.scope, 'email offline_access openid pets:read profile');
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name, 'Ada Lovelace');
    assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  });

  it('signs a person in, and reads who it is', async () => {
    const config = await discover(await web());
    const tokens = await signIn(config, { scope: 'openid profile email' });
    const { sub } = tokens.claims();
    const person = await oidc.fetchUserInfo(config, tokens.access_token, sub);
    assert.deepEqual([person.name, person.email, person.email_verified], ['Ada Lovelace', 'ada@example.com', true]);
    assert.equal(tokens.refresh_token, undefined);
  });

  it('renews, asks about its tokens, and ends the grant', async () => {
    const config = await discover(await web());
    const first = await signIn(config, { scope: ALL, prompt: 'consent' });
    const second = await oidc.refreshTokenGrant(config, first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    const third = await oidc.refreshTokenGrant(config, second.refresh_token);
    assert.equal((await oidc.tokenIntrospection(config, third.refresh_token)).active, true);
    await oidc.tokenRevocation(config, third.refresh_token);
    assert.equal((await oidc.tokenIntrospection(config, third.refresh_token)).active, false);
    assert.equal((await oidc.tokenIntrospection(config, third.access_token)).active, false);
    await assert.rejects(oidc.refreshTokenGrant(config, third.refresh_token), { error: 'invalid_grant' });
  });

  it('proves itself by a header, by the form, or as a public client with PKCE', async () => {
    const client = await web();
    for (const auth of [oidc.ClientSecretBasic(client.client_secret), oidc.ClientSecretPost(client.client_secret)]) {
      const tokens = await signIn(await discover(client, undefined, auth), {});
      assert.ok(tokens.claims().sub);
    }
    const spa = await add(latchkey, 'spa', 'Page', '--redirect-uri', 'http://localhost:5173/callback');
    const config = await discover(spa, undefined, oidc.None());
    const tokens = await signIn(config, { redirect_uri: 'http://localhost:5173/callback' });
    assert.ok(tokens.claims().sub);
  });

  it('pushes its request', async () => {
    const config = await discover(await web());
    const tokens = await signIn(config, {}, undefined, oidc.buildAuthorizationUrlWithPAR);
    assert.ok(tokens.claims().sub);
  });

  it('is told that nobody is signed in, and that a fresh sign-in was asked for', async () => {
    const config = await discover(await web());
    const nobody = await authorize(config, { prompt: 'none' });
    await assert.rejects(oidc.authorizationCodeGrant(config, nobody.back, nobody.checks), { error: 'login_required' });
    const person = new Person(latchkey.url);
    await signIn(config, {}, person);
    const quiet = await authorize(config, { prompt: 'none' }, person);
    const before = (await oidc.authorizationCodeGrant(config, quiet.back, quiet.checks)).claims();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const fresh = await authorize(config, { prompt: 'login' }, person);
    const after = (await oidc.authorizationCodeGrant(config, fresh.back, { ...fresh.checks, maxAge: 60 })).claims();
    assert.ok(after.auth_time > before.auth_time);
    assert.deepEqual([after.sub, after.sid], [before.sub, before.sid]);
  });

  it('gets a token of its own, for an API', async () => {
    const service = await add(latchkey, 'service', 'Night job', '--audience', API, '--scope', 'pets:read');
    const tokens = await oidc.clientCredentialsGrant(await discover(service), { resource: API, scope: 'pets:read' });
    const claims = jose.decodeJwt(tokens.access_token);
    assert.deepEqual([claims.aud, claims.scope, claims.sub, claims.client_id], [API, 'pets:read', service.client_id, service.client_id]);
  });

  it('signs a person out', async () => {
    const client = await web('--post-logout-redirect-uri', 'https://app.example.com/bye');
    const config = await discover(client);
    const person = new Person(latchkey.url);
    const tokens = await signIn(config, {}, person);
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: 'https://app.example.com/bye',
      state: 'x',
    });
    const { url: bye } = await person.follow(url);
    assert.equal(bye.href, 'https://app.example.com/bye?state=x');
    const nobody = await authorize(config, { prompt: 'none' }, person);
    assert.equal(nobody.back.searchParams.get('error'), 'login_required');
  });
});

describe('Auth.js', () => {
  const APP = 'https://app.example.com';

  /** A browser at an app that has this configuration. */
  function visitor(config) {
    const jar = new Map();
    return async (path, form) => {
      const headers = { cookie: [...jar].map((pair) => pair.join('=')).join('; ') };
      const body = form && new URLSearchParams(form);
      const answer = await Auth(new Request(`${APP}/auth/${path}`, { method: form ? 'POST' : 'GET', headers, body }), config);
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]*)=([^;]*)/);
        jar.set(name, value);
      }
      return answer;
    };
  }

  it('signs a person in with the provider that is printed, and knows name and address', async () => {
    for (const flags of [[], ['--claims-in-id-token']]) {
      const printed = await latchkey.command('client', 'add', 'web', 'Shop', '--redirect-uri', `${APP}/auth/callback/latchkey`, ...flags);
      const value = (name) => printed.match(new RegExp(`^${name}=(.*)$`, 'm'))[1];
      const [, text] = printed.match(/^# Auth\.js.*\n([\s\S]*?),\n\n/m);
      const names = ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET'];
      const provider = new Function(...names, `return ${text}`)(...names.map(value));
      const visit = visitor({ providers: [provider], secret: 'not-a-secret-of-the-app-but-long-enough', trustHost: true, basePath: '/auth' });
      const { csrfToken } = await (await visit('csrf')).json();
      const there = (await visit('signin/latchkey', { csrfToken, callbackUrl: APP })).headers.get('location');
      const { url: back } = await new Person(latchkey.url).follow(there);
      const entered = await visit(`callback/latchkey${back.search}`);
      assert.equal(entered.headers.get('location'), APP);
      const { user } = await (await visit('session')).json();
      assert.deepEqual([user.name, user.email], ['Ada Lovelace', 'ada@example.com'], flags.join());
    }
  });
});

describe('jose', () => {
  it('verifies the token by which an app learns that its session has ended', async () => {
    // #28
    let received;
    const post = new Promise((resolve) => (received = resolve));
    const server = createServer(async (request, response) => {
      const body = new URLSearchParams(await text(request));
      response.end();
      received(body.get('logout_token'));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const uri = `http://127.0.0.1:${server.address().port}/backchannel`;
      const client = await web('--backchannel-logout-uri', uri);
      const config = await discover(client);
      const { backchannel_logout_supported: supported, issuer, jwks_uri: keys } = config.serverMetadata();
      assert.equal(supported, true);
      const person = new Person(latchkey.url);
      const signedIn = (await signIn(config, {}, person)).claims();
      await person.fetch(`${latchkey.url}/users/logout`, { form: {} });
      const options = { issuer, audience: client.client_id, typ: 'logout+jwt', maxTokenAge: '2 minutes', algorithms: ['RS256'] };
      const { payload } = await jose.jwtVerify(await post, jose.createRemoteJWKSet(new URL(keys)), options);
      assert.deepEqual([payload.sub, payload.sid], [signedIn.sub, signedIn.sid]);
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
      assert.ok(!('nonce' in payload));
    } finally {
      server.close();
    }
  });
});

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const discovered = async (algorithm) => {
    const issuer = new URL(latchkey.url);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...insecure, algorithm }));
  };

  it('finds the same by both names of the metadata', async () => {
    const [one, other] = await Promise.all(['oidc', 'oauth2'].map(discovered));
    assert.deepEqual(one, other);
    assert.equal(one.authorization_response_iss_parameter_supported, true);
  });

  it('signs in a native application, at any port of this machine', async () => {
    const server = await discovered('oidc');
    const { client_id } = await add(latchkey, 'native', 'Tool', '--redirect-uri', 'http://127.0.0.1/callback');
    const client = { client_id };
    const redirect_uri = 'http://127.0.0.1:53127/callback';
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint);
    const state = oauth.generateRandomState();
    for (const [name, value] of Object.entries({
      client_id,
      redirect_uri,
      response_type: 'code',
      scope: 'openid offline_access',
      prompt: 'consent',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }))
      url.searchParams.set(name, value);
    const person = new Person(latchkey.url);
    const { url: back, pages } = await person.follow(url);
    assert.ok(pages.some(({ html }) => html.includes('Tool')), 'the person is asked');
    const answer = oauth.validateAuthResponse(server, client, back, state);
    const token = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirect_uri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, token, { requireIdToken: true });
    const again = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token, insecure);
    assert.ok((await oauth.processRefreshTokenResponse(server, client, again)).access_token);
  });
});
