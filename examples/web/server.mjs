// A server that signs people in and keeps sessions: the browser has a cookie, and never sees a token.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import * as oidc from 'openid-client';

import { endedSession } from './backchannel.mjs';
import { page } from './page.mjs';

const { API_URL, API_AUDIENCE, CLIENT_ID, CLIENT_SECRET, ISSUER, PORT } = process.env;
const home = `http://localhost:${PORT}/`;
const redirect_uri = `${home}callback`;
const local = ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, local);
const sidOf = endedSession(config.serverMetadata(), CLIENT_ID);

/** By the cookie: first what a sign-in is checked against, then who signed in and their tokens. */
const sessions = new Map();

async function signIn() {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid profile email offline_access',
    resource: API_AUDIENCE, // the access token is for this API
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  return { session: { checks }, to: url.href };
}

async function callback({ session, url }) {
  if (!session?.checks) return { to: '/' };
  const tokens = await oidc.authorizationCodeGrant(config, url, session.checks);
  const person = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  return { session: { person, sid: tokens.claims().sid, ...kept(tokens, tokens.id_token) }, to: '/' };
}

const kept = (tokens, idToken) => ({
  idToken,
  accessToken: tokens.access_token,
  refreshToken: tokens.refresh_token,
  expires: Date.now() + tokens.expiresIn() * 1000,
});

/** Several requests may renew at once: each gets the same successor, for a short time. */
async function renew(session) {
  Object.assign(session, kept(await oidc.refreshTokenGrant(config, session.refreshToken), session.idToken));
}

async function callApi({ session }) {
  if (session.expires < Date.now() + 10_000) await renew(session);
  const answer = await fetch(`${API_URL}/whoami`, { headers: { authorization: `Bearer ${session.accessToken}` } });
  return { html: page(session.person, await answer.json()) };
}

async function signOut({ session }) {
  await oidc.tokenRevocation(config, session.refreshToken);
  const url = oidc.buildEndSessionUrl(config, { id_token_hint: session.idToken, post_logout_redirect_uri: home });
  return { session: null, to: url.href };
}

/** latchkey says that a session has ended: the person has signed out there, or in another app. */
async function sessionEnded({ request }) {
  try {
    const sid = await sidOf(new URLSearchParams(await text(request)).get('logout_token'));
    for (const [id, session] of sessions) if (session.sid === sid) sessions.delete(id);
    return { html: '' };
  } catch (error) {
    console.error('refused:', error.message);
    return { status: 400, html: '' };
  }
}

const routes = {
  'GET /': ({ session }) => ({ html: page(session?.person) }),
  'GET /sign-in': signIn,
  'GET /callback': callback,
  'POST /call': signedIn(callApi),
  'POST /renew': signedIn(async ({ session }) => ({ to: '/', done: await renew(session) })),
  'POST /sign-out': signedIn(signOut),
  'POST /backchannel-logout': sessionEnded,
};

function signedIn(route) {
  return (asked) => (asked.session?.person ? route(asked) : { to: '/sign-in' });
}

createServer(async (request, response) => {
  const url = new URL(request.url, home);
  const cookie = /(?:^|; )web-session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return response.writeHead(404).end('not found');
  try {
    const { status = 200, html, to, session } = await route({ request, url, session: sessions.get(cookie) });
    if (session !== undefined) response.setHeader('set-cookie', keep(cookie, session));
    if (to) return response.writeHead(303, { location: to }).end();
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);
  } catch (error) {
    console.error(error);
    response.writeHead(500, { 'content-type': 'text/html; charset=utf-8' }).end(page(undefined, { error: error.error ?? error.code ?? 'failed' }));
  }
}).listen(PORT, '127.0.0.1', () => console.log(`The app is at ${home}`));

/** A sign-in begins and ends with a new cookie, so that nobody can lend somebody else theirs. At https: `__Host-`, and Secure. */
function keep(before, session) {
  sessions.delete(before);
  if (!session) return 'web-session=; Path=/; Max-Age=0';
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, session);
  return `web-session=${id}; Path=/; HttpOnly; SameSite=Lax`;
}
