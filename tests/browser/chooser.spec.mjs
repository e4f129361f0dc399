// Several accounts in one browser, and apps that open the sign-in in a window of their own: in a real browser.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { VERIFIER, authorization, startApp } from './app.mjs';
import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const SECRET = { client_secret: '0123456789abcdef0123456789abcdef' };
const LOCAL = ['http://127.0.0.1/cb'];

let app;

scene({}, async () => {
  app = await startApp();
  const clients = [
    { client_id: 'server', kind: 'web', client_name: 'Orders', ...SECRET, redirect_uris: LOCAL },
    { client_id: 'asks', kind: 'web', client_name: 'Photos', ...SECRET, consent: true, redirect_uris: LOCAL },
  ];
  await latchkey.register({ clients });
});

after(() => app?.stop());

const asked = (client, more) => authorization(latchkey, client, app.callback, more);

const choose = { prompt: 'select_account' };

/** Signs somebody in, beside whoever is. */
async function signIn(page, name) {
  await page.goto(`${latchkey.url}/users/login`);
  await person(page, name).click();
  await heading(page, name).waitFor();
}

/** The person whose code an app gets when this is done. */
async function codeOf(page, client_id, act) {
  await act();
  await heading(page, 'Back in the app').waitFor();
  const code = new URL(page.url()).searchParams.get('code');
  const form = { grant_type: 'authorization_code', code, redirect_uri: app.callback, code_verifier: VERIFIER, client_id, ...SECRET };
  const answer = await fetch(`${latchkey.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  return JSON.parse(Buffer.from((await answer.json()).id_token.split('.')[1], 'base64url')).sub;
}

describe('the pages for several accounts, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await signIn(page, 'Ada Lovelace');
        await signIn(page, 'Alan Turing');
        await picture(page, `several-${look}`);
        await assertAccessible(page);
        await page.goto(asked('server', choose));
        await heading(page, 'Choose an account').waitFor();
        await assertAccessible(page);
        await picture(page, `chooser-${look}`);
        await page.goto(`${latchkey.url}/oauth/logout`);
        await button(page, 'Sign out of all accounts').waitFor();
        await assertAccessible(page);
        await page.goto(`${latchkey.url}/account`);
        await assertAccessible(page);
        await picture(page, `accounts-${look}`);
        await button(page, 'Sign out of Alan Turing').click();
        await heading(page, 'Choose an account').waitFor();
        await assertAccessible(page);
      }));
  }
});

describe('a person with two accounts', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`chooses by the keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        const chosen = (name) =>
          codeOf(page, 'server', async () => {
            await page.goto(asked('server', choose));
            await press(page, button(page, name));
          });
        await signIn(page, 'Ada Lovelace');
        const ada = await chosen('Ada Lovelace');
        await signIn(page, 'Alan Turing');
        assert.notEqual(await chosen('Alan Turing'), ada);
        assert.equal(await chosen('Ada Lovelace'), ada);
        // She acts from now on.
        await page.goto(`${latchkey.url}/`);
        await heading(page, 'Ada Lovelace').waitFor();
      }));
  }

  it('gets in each tab what that tab has asked', () =>
    withPage(browser, {}, async (page) => {
      await signIn(page, 'Ada Lovelace');
      await page.goto(asked('asks'));
      await page.getByText('You are signed in as Ada Lovelace').waitFor();
      const second = await page.context().newPage();
      await signIn(second, 'Alan Turing');
      await second.goto(asked('asks'));
      const alan = await codeOf(second, 'asks', () => button(second, 'Allow').click());
      const ada = await codeOf(page, 'asks', () => button(page, 'Allow').click());
      assert.notEqual(ada, alan);
      // Who acts is still the one who came last.
      await second.goto(`${latchkey.url}/`);
      await heading(second, 'Alan Turing').waitFor();
    }));

  it('leaves a shared computer by one button', () =>
    withPage(browser, {}, async (page) => {
      await signIn(page, 'Ada Lovelace');
      await signIn(page, 'Alan Turing');
      await button(page, 'Sign out of all accounts').click();
      await heading(page, 'You are signed out').waitFor();
      const left = (await page.context().cookies()).filter(({ name }) => name.includes('session'));
      assert.deepEqual(left, []);
    }));
});

describe('an app that opens the sign-in in a window', () => {
  for (const response_mode of ['query', 'form_post']) {
    it(`gets its answer there (${response_mode})`, () =>
      withPage(browser, {}, async (page) => {
        await page.goto(app.url);
        const url = asked('server', { response_mode, state: 'a-state' });
        const told = page.evaluate((url) => {
          const told = new Promise((done) => addEventListener('message', ({ data, origin }) => done([origin, data])));
          globalThis.opened = open(url, 'sign-in', 'popup,width=500,height=600');
          return told;
        }, url);
        const popup = await page.waitForEvent('popup');
        await person(popup, 'Ada Lovelace').click();
        await button(popup, 'Continue as Ada Lovelace').click();
        const [origin, data] = await told;
        assert.equal(origin, app.url);
        assert.match(data, /code=[\w-]{43}/);
        assert.match(data, /state=a-state/);
        // And can close the window.
        assert.equal(await page.evaluate(() => globalThis.opened.closed), false);
        const closed = popup.waitForEvent('close');
        await page.evaluate(() => globalThis.opened.close());
        await closed;
      }));
  }

  it('is cut off from any other page of ours', () =>
    withPage(browser, {}, async (page) => {
      await page.goto(app.url);
      const opened = page.waitForEvent('popup');
      await page.evaluate((url) => {
        globalThis.opened = open(url, '_blank', 'popup');
      }, latchkey.url);
      const popup = await opened;
      await heading(popup, 'Welcome').waitFor();
      assert.equal(await popup.evaluate(() => globalThis.opener), null);
      assert.equal(await page.evaluate(() => globalThis.opened.closed), true);
    }));
});
