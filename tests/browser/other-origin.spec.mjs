// A single-page application on another origin, with an unmodified oidc-client-ts, in a real browser.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, it } from 'node:test';

import { add } from './clients.mjs';
import { start } from './latchkey.mjs';
import { heading, person } from './pages.mjs';
import { launch, withPage } from './watch.mjs';

const LIBRARY = new URL('../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url);

const PAGE = `<!doctype html><html lang="en"><title>Notes</title><link rel="icon" href="data:,">
<h1 id="who">Nobody</h1><button id="in">Sign in</button><button id="renew">Renew</button><button id="out">Sign out</button>
<script src="/oidc.js"></script><script src="/app.js"></script>`;

/** What the application itself is: all it knows of latchkey is the address. */
const APP = (authority, client_id) => `
const manager = new oidc.UserManager({
  authority: '${authority}', client_id: '${client_id}', redirect_uri: location.origin + '/', post_logout_redirect_uri: location.origin + '/',
  scope: 'openid profile offline_access', loadUserInfo: true, automaticSilentRenew: false,
});
const who = document.getElementById('who');
const show = (user) => { who.textContent = user ? user.profile.name : 'Nobody'; window.user = user; };
const failed = (error) => { who.textContent = 'failed: ' + error.message; };
document.getElementById('in').onclick = () => manager.signinRedirect().catch(failed);
document.getElementById('renew').onclick = () => manager.signinSilent().then((user) => { show(user); who.textContent += ', again'; }).catch(failed);
document.getElementById('out').onclick = () => manager.signoutRedirect().catch(failed);
const back = new URLSearchParams(location.search).has('code');
(back ? manager.signinCallback().then((user) => { history.replaceState(null, '', '/'); return user; }) : manager.getUser()).then(show, failed);
`;

let latchkey;
let browser;
let server;
let origin;

before(async () => {
  let client;
  server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const scripts = { '/oidc.js': () => readFile(LIBRARY), '/app.js': () => APP(latchkey.url, client.client_id) };
    response.setHeader('content-type', scripts[path] ? 'text/javascript' : 'text/html');
    response.end(scripts[path] ? await scripts[path]() : PAGE);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://localhost:${server.address().port}`;
  latchkey = await start({ CORS_ORIGINS: origin });
  client = await add(
    latchkey,
    'spa',
    ...['Notes', '--redirect-uri', `${origin}/`, '--post-logout-redirect-uri', `${origin}/`],
  );
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await latchkey?.stop();
  server?.close();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });

it('signs in, renews by a refresh token, and signs out', () =>
  withPage(browser, {}, async (page) => {
    await page.goto(origin);
    await button(page, 'Sign in').click();
    await person(page, 'Ada Lovelace').click();
    await button(page, 'Continue as Ada Lovelace').click();
    await heading(page, 'Ada Lovelace').waitFor();
    const first = await page.evaluate(() => ({ access: user.access_token, refresh: user.refresh_token }));
    assert.ok(first.refresh);
    await button(page, 'Renew').click();
    await heading(page, 'Ada Lovelace, again').waitFor();
    const second = await page.evaluate(() => ({ access: user.access_token, refresh: user.refresh_token }));
    assert.notEqual(second.access, first.access);
    assert.notEqual(second.refresh, first.refresh);
    await button(page, 'Sign out').click();
    await heading(page, 'Nobody').waitFor();
    assert.equal(new URL(page.url()).origin, origin);
    // The grant of a browser's application ends with the session.
    const answer = await fetch(`${latchkey.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: await clientId(page), refresh_token: second.refresh }),
    });
    assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_grant']);
  }));

const clientId = (page) => page.evaluate(async () => (await (await fetch('/app.js')).text()).match(/client_id: '([^']+)'/)[1]);
