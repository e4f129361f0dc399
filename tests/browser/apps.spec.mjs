// The pages between an app and its code, in a real browser: continuing, consent, signing in again, and the way back by a form.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { authorization, startApp } from './app.mjs';
import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const SCOPES = 'openid profile email offline_access';
const SECRET = { client_secret: '0123456789abcdef0123456789abcdef' };
const CLIENTS = [
  { client_id: 'native', kind: 'native', client_name: 'Orders', redirect_uris: ['http://localhost/cb', 'com.example.app:/cb'] },
  { client_id: 'server', kind: 'web', client_name: 'Server', ...SECRET, redirect_uris: ['http://localhost/cb'] },
  {
    client_id: 'other',
    kind: 'web',
    client_name: 'Other people’s app',
    ...SECRET,
    consent: true,
    scope: SCOPES,
    redirect_uris: ['https://app.example.com/cb', 'http://localhost/cb'],
  },
];

let app;

scene({}, async () => {
  app = await startApp('localhost');
  await latchkey.register({ clients: CLIENTS });
});

after(() => app?.stop());

/** Where the app sends its people. */
const asked = (client, redirectUri, more) => authorization(latchkey, client, redirectUri, { state: 'a state', ...more });

/** Signs Ada in on the way to an app. */
async function open(page, url) {
  await page.goto(url);
  await person(page, 'Ada Lovelace').click();
}

/** What came to the app's redirect URI, once the person is there. */
async function back(page) {
  await heading(page, 'Back in the app').waitFor();
  return app.seen.pop();
}

describe('each page on the way to an app, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await page.goto(asked('server', app.callback, { prompt: 'login' }));
        await heading(page, 'Please sign in').waitFor();
        await assertAccessible(page);
        await page.getByRole('link', { name: 'Sign in', exact: true }).click();
        await person(page, 'Ada Lovelace').waitFor();
        await open(page, asked('native', app.callback));
        await heading(page, 'Continue to Orders?').waitFor();
        await assertAccessible(page);
        await picture(page, `continue-${look}`);
        await page.goto(asked('other', app.callback, { scope: SCOPES }));
        await heading(page, 'Other people’s app asks for access').waitFor();
        await assertAccessible(page);
        await picture(page, `consent-${look}`);
        await page.goto(asked('server', app.callback, { prompt: 'login' }));
        await heading(page, 'Please sign in again').waitFor();
        await assertAccessible(page);
        await picture(page, `again-${look}`);
        await page.goto(`${latchkey.url}/oauth/authorize?client_id=unknown`);
        await heading(page, 'This did not work').waitFor();
        await assertAccessible(page);
        await page.goto(`${latchkey.url}/oauth/logout`);
        await heading(page, 'Sign out?').waitFor();
        await assertAccessible(page);
        await picture(page, `sign-out-${look}`);
      }));
  }
});

describe('the way back', () => {
  it('leads to a program on this machine, by the keyboard alone', () =>
    withPage(browser, {}, async (page) => {
      await open(page, asked('native', app.callback));
      await press(page, button(page, 'Continue as Ada Lovelace'));
      const { method, url } = await back(page);
      const sent = new URL(url, app.callback).searchParams;
      assert.deepEqual([method, sent.get('state'), sent.get('iss')], ['GET', 'a state', latchkey.url]);
      assert.equal(sent.get('code').length, 43);
    }));

  it('leads to a scheme of an app, and no policy blocks it', () =>
    withPage(browser, {}, async (page) => {
      // #104: a form whose policy does not name where it leads is blocked by the browser, which complains then.
      await open(page, asked('native', 'com.example.app:/cb'));
      const answered = page.waitForResponse((response) => response.url().endsWith('/decision'));
      await button(page, 'Continue as Ada Lovelace').click();
      const location = (await answered).headers().location;
      assert.match(location, /^com\.example\.app:\/cb\?code=/);
    }));

  it('leads to an https address, and no policy blocks it', () =>
    withPage(browser, {}, async (page) => {
      // #104
      await open(page, asked('other', 'https://app.example.com/cb'));
      const there = page.waitForRequest((request) => request.url().startsWith('https://app.example.com/cb?code='));
      await button(page, 'Allow').click();
      await there;
    }));

  it('tells the app that the person said no', () =>
    withPage(browser, {}, async (page) => {
      await open(page, asked('other', app.callback, { prompt: 'consent' }));
      await button(page, 'Cancel').click();
      const { url } = await back(page);
      assert.equal(new URL(url, app.callback).searchParams.get('error'), 'access_denied');
    }));
});

describe('an answer that is posted', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(javaScriptEnabled ? 'goes by itself' : 'goes by a button where there are no scripts', () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await open(page, asked('server', app.callback, { response_mode: 'form_post' }));
        await button(page, 'Continue as Ada Lovelace').click();
        if (!javaScriptEnabled) await button(page, 'Continue').click();
        const { method, url, body, origin } = await back(page);
        const sent = new URLSearchParams(body);
        assert.deepEqual([method, url, sent.get('state')], ['POST', '/cb', 'a state']);
        assert.equal(sent.get('code').length, 43);
        assert.equal(origin, latchkey.url);
      }));
  }
});
