// People who have forgotten their password, and people who prove their address: with the outbox of the local cloud as their mailbox.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { newest } from './mails.mjs';
import { button, heading } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, withPage } from './watch.mjs';

const GOOD = 'a horse that counts';
const NEW = 'another horse that counts';

scene({ PASSWORDS: 'on' });

const password = (page) => page.getByLabel('Password', { exact: true });

/** The link of the newest of `count` mails to an address. */
async function link(to, count) {
  const { text } = await newest(to, count);
  return text.split(/\s/).find((word) => word.startsWith(latchkey.url));
}

/** Makes an account on the page for that. */
async function register(page, email) {
  await page.goto(`${latchkey.url}/users/register`);
  await page.getByLabel('E-mail address or user name').fill(email);
  await password(page).fill(GOOD);
  await button(page, 'Create account').click();
  await heading(page, 'You can sign in now').waitFor();
}

/** Signs in with the form. */
async function signIn(page, email, typed) {
  await page.goto(`${latchkey.url}/users/login`);
  await page.getByLabel('E-mail address or user name').fill(email);
  await password(page).fill(typed);
  await button(page, 'Sign in').click();
}

describe('the pages of mailed links, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        const email = `${look.replaceAll(/[^a-z]/g, '')}@example.com`;
        await register(page, email);
        await page.goto(await link(email, 1));
        await heading(page, 'Confirm your e-mail address').waitFor();
        await assertAccessible(page);
        await picture(page, `prove-${look}`);
        await password(page).fill(GOOD);
        await button(page, 'Confirm your e-mail address').click();
        await heading(page, 'Your e-mail address is confirmed').waitFor();
        await assertAccessible(page);

        await page.goto(`${latchkey.url}/users/login`);
        await page.getByRole('link', { name: 'Forgotten your password?' }).click();
        await heading(page, 'Forgotten your password?').waitFor();
        await assertAccessible(page);
        await picture(page, `forgotten-${look}`);
        await page.getByRole('textbox').fill(email);
        await button(page, 'Send the mail').click();
        await heading(page, 'Look into your mail').waitFor();
        await assertAccessible(page);

        const reset = await link(email, 2);
        await page.goto(reset);
        await heading(page, 'Choose a new password').waitFor();
        await assertAccessible(page);
        await picture(page, `reset-${look}`);
        await page.getByLabel('New password', { exact: true }).fill(NEW);
        await page.getByLabel('New password again').fill(NEW);
        await button(page, 'Choose a new password').click();
        await heading(page, 'Your password was changed.').waitFor();
        await assertAccessible(page);
        await signIn(page, email, NEW);
        await button(page, 'Sign out').waitFor();
      }));
  }
});

describe('a person', () => {
  it('resets a password without scripts, and the old one and the link are dead', () =>
    withPage(browser, { javaScriptEnabled: false }, async (page) => {
      const email = 'grace@example.com';
      await register(page, email);
      await page.goto(`${latchkey.url}/users/password/forgotten`);
      await page.getByRole('textbox').fill('Grace@Example.com');
      await button(page, 'Send the mail').click();
      await heading(page, 'Look into your mail').waitFor();
      const reset = await link(email, 2);
      await page.goto(reset);
      await page.getByLabel('New password', { exact: true }).fill(NEW);
      await page.getByLabel('New password again').fill(NEW);
      await button(page, 'Choose a new password').click();
      await heading(page, 'Your password was changed.').waitFor();
      await signIn(page, email, GOOD);
      await page.getByRole('alert').waitFor();
      await signIn(page, email, NEW);
      await button(page, 'Sign out').waitFor();
      const dead = await page.request.get(reset);
      assert.equal(dead.status(), 400);
    }));
});
