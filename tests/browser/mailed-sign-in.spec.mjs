// People who sign in by a mailed code or link: with the outbox of the local cloud as their mailbox.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { newest } from './mails.mjs';
import { button, heading } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, withPage } from './watch.mjs';

scene({ MAILED_SIGN_IN: 'on' });

/** The newest of `count` mails to an address: its link and its code. */
async function mail(to, count) {
  const lines = (await newest(to, count)).text.split('\n');
  return {
    link: lines.find((line) => line.startsWith(latchkey.url)),
    code: lines.find((line) => /^[0-9]{6}$/.test(line)),
  };
}

/** Asks for a mail on the page of a sign-in, by the keyboard. */
async function ask(page, email) {
  await page.goto(`${latchkey.url}/users/login?return_to=%2Faccount`);
  await page.getByLabel('E-mail').fill(email);
  await page.keyboard.press('Enter');
  await heading(page, 'Type the code').waitFor();
}

describe('the pages of mailed codes, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        const email = `${look.replaceAll(/[^a-z]/g, '')}@example.com`;
        await page.goto(`${latchkey.url}/users/mailed?return_to=%2Faccount`);
        await heading(page, 'Sign in by e-mail').waitFor();
        await assertAccessible(page);
        await picture(page, `mailed-${look}`);
        await page.getByLabel('E-mail').fill(email);
        await button(page, 'Send me a code').click();
        await heading(page, 'Type the code').waitFor();
        await assertAccessible(page);
        await picture(page, `mailed-code-${look}`);
        const { code, link } = await mail(email, 1);
        await page.goto(link);
        await page.getByText(`You sign in with ${email}.`).waitFor();
        await assertAccessible(page);
        await picture(page, `mailed-link-${look}`);
        await page.goBack();
        await page.getByLabel('Code of six digits').fill(code);
        await button(page, 'Sign in').click();
        await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor();
      }));
  }
});

describe('a person', () => {
  it('signs in by the code, without scripts and by the keyboard', () =>
    withPage(browser, { javaScriptEnabled: false }, async (page) => {
      const email = 'grace@example.com';
      await ask(page, email);
      const { code } = await mail(email, 1);
      const field = page.getByLabel('Code of six digits');
      assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
      assert.equal(await field.getAttribute('inputmode'), 'numeric');
      await field.fill(`${(Number(code) + 1) % 1_000_000}`.padStart(6, '0'));
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${latchkey.url}/account`);
      await page.getByText(email).first().waitFor();
    }));

  it('signs in by the link where they asked, and is told how to go on elsewhere', () =>
    withPage(browser, {}, async (page) => {
      const email = 'hopper@example.com';
      await ask(page, email);
      const { link, code } = await mail(email, 1);
      await withPage(browser, {}, async (other) => {
        await other.goto(link);
        await other.getByText('only in the browser in which you asked for it').waitFor();
        await assertAccessible(other);
        await other.getByRole('link', { name: 'Start again' }).click();
        await heading(other, 'Sign in by e-mail').waitFor();
      });
      // To look at it uses nothing up.
      await page.goto(link);
      await page.goto(link);
      await button(page, 'Sign in').click();
      await page.waitForURL(`${latchkey.url}/account`);
      const used = await page.request.get(link);
      assert.equal(used.status(), 400);
      await page.goto(`${latchkey.url}/users/mailed/code`);
      await heading(page, 'Sign in by e-mail').waitFor();
      assert.match(code, /^[0-9]{6}$/);
    }));
});
