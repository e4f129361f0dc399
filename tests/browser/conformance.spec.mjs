// The local cloud as docs/conformance.md starts it for a test suite: at https, with the clients of the file; and a browser without scripts.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { withPage } from './watch.mjs';

const FILE = fileURLToPath(new URL('../../docs/conformance-clients.json', import.meta.url));
const SUITE = 'https://localhost.emobix.co.uk:8443/test/a/latchkey';
const OPTIONS = { javaScriptEnabled: false, ignoreHTTPSErrors: true };

const { clients } = JSON.parse(await readFile(FILE, 'utf8'));

scene({}, undefined, ['--tls', '--clients', FILE]);

const withoutScripts = (test) => withPage(browser, OPTIONS, test);

/** What comes to the suite's addresses because of this. Nobody is there, so the browser shows an error of its own then. */
async function toSuite(page, act) {
  const sent = page.waitForRequest((request) => request.url().startsWith(SUITE));
  await act().catch((error) => assert.match(error.message, /ERR_NAME_NOT_RESOLVED/));
  const request = await sent;
  await page.waitForURL(/^chrome-error:/);
  return { method: request.method(), url: new URL(request.url()), form: new URLSearchParams(request.postData() ?? '') };
}

/** Sends the browser to sign in, as the suite does: without PKCE. */
const asked = (client, more = {}) => {
  const query = { client_id: client.client_id, redirect_uri: client.redirect_uris[0], response_type: 'code', scope: 'openid', state: 's', nonce: 'n' };
  return `${latchkey.url}/oauth/authorize?${new URLSearchParams({ ...query, ...more })}`;
};

async function signIn(page, client) {
  await page.goto(asked(client));
  return toSuite(page, () => person(page, 'Ada Lovelace').click());
}

const open = (page, url) => toSuite(page, () => page.goto(url));

/** Redeems the code of an answer. */
async function redeem(page, client, { url, form }, authentication) {
  const code = url.searchParams.get('code') ?? form.get('code');
  const redirect_uri = authentication.redirect_uri ?? client.redirect_uris[0];
  const answer = await page.request.post(`${latchkey.url}/oauth/token`, {
    headers: authentication.headers ?? {},
    form: { grant_type: 'authorization_code', code, redirect_uri, ...authentication.form },
  });
  const tokens = await answer.json();
  assert.equal(answer.status(), 200, JSON.stringify(tokens));
  const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.iss, claims.aud, claims.nonce], [latchkey.url, client.client_id, 'n']);
  return tokens;
}

const basic = ({ client_id, client_secret }) => ({ headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` } });
const post = ({ client_id, client_secret }) => ({ form: { client_id, client_secret } });

describe('each client of the file', () => {
  it('is what docs/conformance.md configures the suite with', async () => {
    const page = await readFile(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
    const configuration = JSON.parse(page.match(/```json\n([\s\S]*?)```/)[1]);
    const pair = ({ client_id, client_secret }) => ({ client_id, client_secret });
    const { client, client_secret_post, client2 } = configuration;
    assert.deepEqual([client, client_secret_post, client2], [clients[0], clients[0], clients[1]].map(pair));
    for (const { client_secret, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri } of clients) {
      assert.ok(client_secret.length >= 32);
      const all = [...redirect_uris, ...post_logout_redirect_uris, backchannel_logout_uri];
      assert.ok(all.every((uri) => uri.startsWith(`https://localhost.emobix.co.uk:8443/test/a/${configuration.alias}/`)));
    }
  });

  for (const index of [0, 1]) {
    it(`number ${index + 1} signs people in, with its secret in the header or in the form, and signs them out`, () =>
      withoutScripts(async (page) => {
        const client = clients[index];
        await redeem(page, client, await signIn(page, client), basic(client));
        const [, withQuery] = client.redirect_uris;
        const again = await open(page, asked(client, { redirect_uri: withQuery }));
        assert.deepEqual([again.url.searchParams.get('dummy1'), again.url.searchParams.get('dummy2')], ['lorem', 'ipsum']);
        const { id_token } = await redeem(page, client, again, { ...post(client), redirect_uri: withQuery });
        const [bye] = client.post_logout_redirect_uris;
        const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: bye, state: 'bye' });
        const signedOut = await open(page, `${latchkey.url}/oauth/logout?${query}`);
        assert.equal(signedOut.url.href, `${bye}?state=bye`);
        await assertNobody(page);
      }));
  }
});

/** Nobody is signed in. */
async function assertNobody(page) {
  const { url } = await open(page, asked(clients[0], { prompt: 'none' }));
  assert.equal(url.searchParams.get('error'), 'login_required');
}

describe('without scripts', () => {
  it('an answer is posted by a button', () =>
    withoutScripts(async (page) => {
      const [client] = clients;
      await page.goto(asked(client, { response_mode: 'form_post' }));
      await person(page, 'Ada Lovelace').click();
      const posted = await toSuite(page, () => button(page, 'Continue').click());
      assert.deepEqual([posted.method, posted.form.get('state')], ['POST', 's']);
      await redeem(page, client, posted, basic(client));
    }));

  it('the person signs in again, agrees again, and says no, where the app asks for that', () =>
    withoutScripts(async (page) => {
      const [client] = clients;
      await signIn(page, client);
      await page.goto(asked(client, { prompt: 'login' }));
      await heading(page, 'Please sign in again').waitFor();
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();
      const again = await toSuite(page, () => person(page, 'Ada Lovelace').click());
      assert.ok(again.url.searchParams.has('code'));
      for (const [name, parameter] of [['Allow', 'code'], ['Cancel', 'error']]) {
        await page.goto(asked(client, { prompt: 'consent' }));
        const { url } = await toSuite(page, () => button(page, name).click());
        assert.ok(url.searchParams.has(parameter), name);
      }
    }));

  it('the person chooses an account, where the app asks for that', () =>
    withoutScripts(async (page) => {
      const [client] = clients;
      await signIn(page, client);
      await page.goto(asked(client, { prompt: 'select_account' }));
      await heading(page, 'Choose an account').waitFor();
      const chosen = await toSuite(page, () => button(page, 'Ada Lovelace').click());
      await redeem(page, client, chosen, basic(client));
    }));

  it('the person is asked before they are signed out, and at our own page a button does it', () =>
    withoutScripts(async (page) => {
      await signIn(page, clients[0]);
      await page.goto(`${latchkey.url}/oauth/logout`);
      await heading(page, 'Sign out?').waitFor();
      await button(page, 'Sign out').click();
      await assertNobody(page);
      await page.goto(latchkey.url);
      await page.getByRole('link', { name: 'Continue with Google' }).click();
      await person(page, 'Ada Lovelace').click();
      await heading(page, 'Ada Lovelace').waitFor();
      await button(page, 'Sign out').first().click();
      await page.getByRole('link', { name: 'Continue with Google' }).waitFor();
    }));

  it('what is wrong is a page that says so', () =>
    withoutScripts(async (page) => {
      await page.goto(asked(clients[0], { redirect_uri: `${SUITE}/other` }));
      await heading(page, 'This did not work').waitFor();
    }));
});
