// What a person does on the page of their account: one more way in, where they are signed in, their data, and the end of it all. In a
// real browser, with scripts and without.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';

import { authorization, startApp } from './app.mjs';
import { button, heading, link, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, tabTo, withPage } from './watch.mjs';

const SECRET = { client_secret: '0123456789abcdef0123456789abcdef' };
const ORDERS = { client_id: 'orders', client_name: 'Orders', kind: 'web', ...SECRET, consent: true, redirect_uris: ['http://127.0.0.1/cb'] };
const SCOPE = 'openid profile email offline_access';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

/** As much of the page as is worth a picture: apps, providers and sessions. */
const TOP = { x: 140, y: 40, width: 720, height: 1270 };

let app;

scene({ PROVIDERS: 'google,github' }, async () => {
  app = await startApp();
  await latchkey.register({ clients: [{ ...ORDERS, scope: SCOPE }] });
});

after(() => app?.stop());

const status = (page) => page.getByRole('status');
const title = (page) => page.getByRole('heading', { name: 'Your account', exact: true });

/** Signs somebody in at a provider, and goes to their account. */
async function open(page, name, provider = 'google') {
  await page.goto(`${latchkey.url}/users/login/${provider}?return_to=/account`);
  await person(page, name).click();
  await title(page).waitFor();
}

/** Links the GitHub account of this name, by the keyboard alone until GitHub's own page. `look` sees the page before it. */
async function linkGitHub(page, name, look = () => {}) {
  await press(page, button(page, 'Link GitHub'));
  await heading(page, 'Link GitHub').waitFor();
  await look(page);
  await press(page, link(page, 'Go on to GitHub'));
  await person(page, name).click();
}

/** Somebody's number here. */
const number = (page) => page.locator('dd code').last().textContent();

describe('the page of an account with all that can be on it, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Ada Lovelace');
        await linkGitHub(page, 'Ada Lovelace', assertAccessible);
        await status(page).getByText('is linked').waitFor();
        await page.goto(authorization(latchkey, 'orders', app.callback, { scope: SCOPE, prompt: 'consent' }));
        await button(page, 'Allow').click();
        await heading(page, 'Back in the app').waitFor();
        await page.goto(`${latchkey.url}/account`);
        await button(page, 'Remove access of Orders').waitFor();
        await assertAccessible(page);
        await picture(page, `account-${look}`, look === 'phone' ? undefined : TOP);
        for (const path of ['delete', 'delete?wrong', 'again']) {
          await page.goto(`${latchkey.url}/account/${path}`);
          await assertAccessible(page);
        }
      }));
  }
});

for (const javaScriptEnabled of [true, false]) {
  describe(`by the keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} scripts, a person`, () => {
    const options = { javaScriptEnabled };

    it('links one more provider, comes in by it, and removes it', () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Grace Hopper');
        const grace = await number(page);
        assert.equal(await button(page, 'Remove the sign-in with Google').count(), 0, 'the only way in stays');
        await linkGitHub(page, 'Grace Hopper');
        await status(page).getByText('The new sign-in is linked').waitFor();
        await withPage(browser, options, async (other) => {
          await open(other, 'Grace Hopper', 'github');
          assert.equal(await number(other), grace);
        });
        await press(page, button(page, 'Remove the sign-in with GitHub'));
        await status(page).getByText('The sign-in was removed').waitFor();
        await withPage(browser, options, async (other) => {
          await open(other, 'Grace Hopper', 'github');
          assert.notEqual(await number(other), grace, 'somebody new');
          await deleteAccount(other);
        });
      }));

    it('sees where they are signed in, and ends a session', () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Alan Turing');
        await withPage(browser, { ...options, userAgent: FIREFOX }, async (other) => {
          await open(other, 'Alan Turing');
          await page.reload();
          await press(page, button(page, 'End the session of Firefox on Linux'));
          await status(page).getByText('The session has ended').waitFor();
          await page.getByText('Earlier').waitFor();
          await other.reload();
          assert.equal(new URL(other.url()).pathname, '/users/login');
        });
        await page.reload();
        await title(page).waitFor();
      }));

    it('takes their data along', () =>
      withPage(browser, { ...options, acceptDownloads: true }, async (page) => {
        await open(page, 'Katherine Johnson');
        const loading = page.waitForEvent('download');
        await press(page, link(page, 'Download it as a file'));
        const file = await loading;
        assert.equal(file.suggestedFilename(), 'account.json');
        const data = JSON.parse(await readFile(await file.path(), 'utf8'));
        assert.equal(data.person.id, await number(page));
        assert.equal(data.person.name, 'Katherine Johnson');
        assert.deepEqual(data.sign_ins.map(({ provider }) => provider), ['google']);
        assert.ok(data.sessions.length > 0);
      }));

    it('signs in afresh where that is asked for, and is back', () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Hedy Lamarr');
        await page.goto(`${latchkey.url}/account/again`);
        await press(page, link(page, 'Sign in again'));
        await link(page, 'Continue with Google').click();
        await person(page, 'Hedy Lamarr').click();
        await title(page).waitFor();
      }));

    it('deletes their account by typing its address, and is somebody new afterwards', () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Alan Turing');
        const alan = await number(page);
        await deleteAccount(page, 'alan@example.com');
        await open(page, 'Alan Turing');
        assert.notEqual(await number(page), alan);
      }));
  });
}

/** Types something else first, which deletes nothing. */
async function deleteAccount(page, typed = 'grace@example.org') {
  await page.goto(`${latchkey.url}/account`);
  await press(page, link(page, 'Delete your account'));
  await heading(page, 'Delete your account?').waitFor();
  const field = page.getByRole('textbox', { name: `Type ${typed} to delete your account` });
  await tabTo(page, field);
  await page.keyboard.type('somebody else');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Nothing was deleted').waitFor();
  await tabTo(page, field);
  await page.keyboard.type(typed);
  await press(page, button(page, 'Delete my account'));
  await heading(page, 'You are signed out').waitFor();
}
