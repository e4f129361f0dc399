// What a person sees of their apps and sessions, and how they end them: in a real browser.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { VERIFIER, authorization, startApp } from './app.mjs';
import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const SECRET = { client_secret: '0123456789abcdef0123456789abcdef' };
const CLIENT = { kind: 'web', ...SECRET, consent: true, scope: 'openid profile email offline_access', redirect_uris: ['http://127.0.0.1/cb'] };
const CLIENTS = [
  { ...CLIENT, client_id: 'orders', client_name: 'Orders' },
  { ...CLIENT, client_id: 'photos', client_name: 'Photos' },
];

let app;

scene({}, async () => {
  app = await startApp();
  await latchkey.register({ clients: CLIENTS });
});

after(() => app?.stop());

const part = (page, name) => page.getByRole('listitem').filter({ has: heading(page, name) });

const asked = (client, more) => authorization(latchkey, client, app.callback, { scope: 'openid profile email offline_access', ...more });

/** Lets an app have what it asks for, and gets its tokens as the app would. */
async function allow(page, client) {
  await page.goto(asked(client, { prompt: 'consent' }));
  await button(page, 'Allow').click();
  await heading(page, 'Back in the app').waitFor();
  const code = new URL(page.url()).searchParams.get('code');
  const form = { grant_type: 'authorization_code', code, redirect_uri: app.callback, code_verifier: VERIFIER, client_id: client, ...SECRET };
  const answer = await fetch(`${latchkey.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  return answer.json();
}

const userinfo = async ({ access_token }) =>
  (await fetch(`${latchkey.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })).status;

async function open(page) {
  await page.goto(`${latchkey.url}/users/login?return_to=/account`);
  await person(page, 'Ada Lovelace').click();
  await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor();
}

describe('the page of apps and sessions, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await open(page);
        await assertAccessible(page);
        await allow(page, 'orders');
        await allow(page, 'photos');
        await page.goto(`${latchkey.url}/account`);
        await heading(page, 'Orders').waitFor();
        await assertAccessible(page);
        await picture(page, `account-apps-${look}`);
        await page.getByRole('link', { name: 'Sign out everywhere' }).click();
        await heading(page, 'Sign out everywhere?').waitFor();
        await assertAccessible(page);
        await picture(page, `everywhere-${look}`);
      }));
  }
});

describe('an app', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`loses its access by the keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await open(page);
        const [orders, photos] = [await allow(page, 'orders'), await allow(page, 'photos')];
        await page.goto(`${latchkey.url}/`);
        await press(page, page.getByRole('link', { name: 'Apps and sessions' }));
        await part(page, 'Orders').getByText('See your e-mail address').waitFor();
        await press(page, button(page, 'Remove access of Orders'));
        await page.getByRole('status').getByText('The access was removed').waitFor();
        assert.deepEqual([await userinfo(orders), await userinfo(photos)], [401, 200]);
        assert.equal(await heading(page, 'Orders').count(), 0);
        // It has to ask again.
        await page.goto(asked('orders'));
        await heading(page, 'Orders asks for access').waitFor();
      }));
  }

  it('and every session end when the person signs out everywhere', () =>
    withPage(browser, {}, async (page) => {
      await open(page);
      const tokens = await allow(page, 'orders');
      await page.goto(`${latchkey.url}/account`);
      await page.getByRole('link', { name: 'Sign out everywhere' }).click();
      assert.equal(await userinfo(tokens), 200);
      await button(page, 'Sign out everywhere').click();
      await heading(page, 'You are signed out').waitFor();
      assert.equal(await userinfo(tokens), 401);
    }));
});
