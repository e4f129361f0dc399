// People who sign in with a password: by the keyboard alone, without scripts, narrow and dark, and in the middle of an app's sign-in.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { authorization, startApp } from './app.mjs';
import { add } from './clients.mjs';
import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, tabTo, withPage } from './watch.mjs';

const GOOD = 'a horse that counts';

let app;
let client;

scene({ PASSWORDS: 'on' }, async () => {
  app = await startApp();
  client = (await add(latchkey, 'native', 'Pets', '--redirect-uri', app.callback)).client_id;
});

after(() => app?.stop());

const login = (page) => page.getByLabel('E-mail address or user name');
const password = (page) => page.getByLabel('Password', { exact: true });

/** Makes an account on the page for that, which has a session afterwards. */
async function register(page, name, path = '/users/register') {
  await page.goto(latchkey.url + path);
  await login(page).fill(name);
  await password(page).fill(GOOD);
  await button(page, 'Create account').click();
}

describe('each page of passwords, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await page.goto(`${latchkey.url}/users/login`);
        await assertAccessible(page);
        await picture(page, `password-${look}`);
        await login(page).fill('nobody');
        await password(page).fill('wrong horse');
        await button(page, 'Sign in').click();
        await page.getByRole('alert').waitFor();
        await assertAccessible(page);
        assert.equal(await login(page).inputValue(), 'nobody');
        assert.equal(await password(page).inputValue(), '');
        await page.getByRole('link', { name: 'Create an account' }).click();
        await heading(page, 'Create an account').waitFor();
        await assertAccessible(page);
        await picture(page, `register-${look}`);
        await register(page, `grace-${look}`, '/users/register?return_to=/users/password');
        await heading(page, 'Change your password').waitFor();
        await assertAccessible(page);
        await picture(page, `password-change-${look}`);
        await page.getByLabel('Current password').fill(GOOD);
        await page.getByLabel('New password', { exact: true }).fill(`${GOOD} twice`);
        await page.getByLabel('New password again').fill(`${GOOD} twice`);
        await button(page, 'Change password').click();
        await page.getByRole('status').filter({ hasText: 'Your password was changed.' }).waitFor();
        await assertAccessible(page);
        await page.goto(`${latchkey.url}/account`);
        await page.getByRole('link', { name: 'Change your password' }).waitFor();
        await assertAccessible(page);
      }));
  }
});

describe('somebody of a provider', () => {
  it('adds a password, signs in with it, and removes it', () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${latchkey.url}/users/login/google?return_to=/account`);
      await person(page, 'Ada Lovelace').click();
      await page.getByRole('link', { name: 'Add a password' }).click();
      await heading(page, 'Add a password').waitFor();
      await assertAccessible(page);
      await picture(page, 'password-add');
      const choose = async (again) => {
        await page.getByLabel('New password', { exact: true }).fill(GOOD);
        await page.getByLabel('New password again').fill(again);
        await button(page, 'Add a password').click();
      };
      await choose('another horse');
      await page.getByRole('alert').filter({ hasText: 'not the same' }).waitFor();
      await assertAccessible(page);
      await choose(GOOD);
      await page.getByRole('status').filter({ hasText: 'Your password was added.' }).waitFor();
      await heading(page, 'Change your password').waitFor();
      await assertAccessible(page);

      await page.goto(latchkey.url);
      await button(page, 'Sign out').click();
      await page.getByRole('link', { name: 'Sign in with a password' }).waitFor();
      const enter = async () => {
        await page.goto(`${latchkey.url}/users/login?return_to=/account`);
        await login(page).fill('Ada@example.com');
        await password(page).fill(GOOD);
        await button(page, 'Sign in').click();
      };
      await enter();
      await heading(page, 'Your account').first().waitFor();
      await page.getByText('You are signed in as Ada Lovelace').waitFor();
      await button(page, 'Remove the sign-in with Password').click();
      await page.getByRole('status').waitFor();
      await page.getByRole('link', { name: 'Add a password' }).waitFor();
      await page.context().clearCookies();
      await enter();
      await page.getByRole('alert').waitFor();
    }));
});

describe('the person', () => {
  it('needs no mouse', () =>
    withPage(browser, {}, async (page) => {
      await register(page, 'ada');
      await page.context().clearCookies();
      await page.goto(latchkey.url);
      await press(page, page.getByRole('link', { name: 'Sign in with a password' }));
      await tabTo(page, login(page));
      await page.keyboard.type('Ada');
      await page.keyboard.press('Tab');
      await page.keyboard.type(GOOD);
      await page.keyboard.press('Enter');
      await button(page, 'Sign out').waitFor();
    }));

  it('pastes the password', () =>
    withPage(browser, {}, async (page) => {
      await register(page, 'paster');
      await page.context().clearCookies();
      await page.goto(`${latchkey.url}/users/login`);
      await page.evaluate((text) => navigator.clipboard.writeText(text), GOOD);
      await login(page).fill('paster');
      await password(page).focus();
      await page.keyboard.press('Control+V');
      assert.equal(await password(page).inputValue(), GOOD);
      await button(page, 'Sign in').click();
      await button(page, 'Sign out').waitFor();
    }));

  for (const javaScriptEnabled of [true, false]) {
    it(`signs in in the middle of an app ${javaScriptEnabled ? 'with' : 'without'} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        const name = `app-${javaScriptEnabled}`;
        await register(page, name);
        await page.context().clearCookies();
        await page.goto(authorization(latchkey, client, app.callback));
        await login(page).fill(name);
        await password(page).fill(GOOD);
        await button(page, 'Sign in').click();
        // A client on this machine is asked about.
        await page.getByRole('button', { name: /Continue|Allow/ }).first().click();
        await heading(page, 'Back in the app').waitFor();
        assert.match(page.url(), /[?&]code=/);
      }));
  }
});
