// What an administrator sees and does in the console: in a real browser, with scripts and without.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { start } from './latchkey.mjs';
import { heading, person } from './pages.mjs';
import { assertAccessible, launch, looks, picture, tabTo, withPage } from './watch.mjs';

const CLIENTS = [{ client_id: 'orders', client_name: 'Orders', kind: 'web', client_secret: '0123456789abcdef0123456789abcdef', redirect_uris: ['http://127.0.0.1/cb'] }];

let latchkey;
let browser;

before(async () => {
  latchkey = await start();
  await latchkey.register({ clients: CLIENTS });
  browser = await launch();
  for (const name of ['Alan Turing', 'Grace Hopper']) await withPage(browser, {}, (page) => enter(page, name, '/account'));
});

after(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const button = (page, name) => page.getByRole('button', { name });

async function enter(page, name, to) {
  await page.goto(`${latchkey.url}/users/login?return_to=${to}`);
  await person(page, name).click();
  await page.waitForURL(`${latchkey.url}${to}`);
}

describe('the console, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await heading(page, 'People').waitFor();
        await assertAccessible(page);
        await picture(page, `console-people-${look}`);
        await page.getByRole('link', { name: 'Alan Turing' }).click();
        await heading(page, 'How they sign in').waitFor();
        await assertAccessible(page);
        await picture(page, `console-person-${look}`);
        for (const name of ['Roles', 'Apps', 'Keys', 'Trail']) {
          await page.getByRole('link', { name, exact: true }).click();
          await heading(page, name).first().waitFor();
          await assertAccessible(page);
        }
        await page.goto(`${latchkey.url}/admin/new`);
        await assertAccessible(page);
        await page.goto(`${latchkey.url}/admin/again`);
        await assertAccessible(page);
      }));
  }
});

describe('an administrator', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`disables somebody by the keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        const search = page.getByRole('searchbox', { name: 'Begins with' });
        await search.focus();
        await page.keyboard.type('alan@');
        await page.keyboard.press('Enter');
        const found = page.getByRole('link', { name: 'Alan Turing' });
        await found.waitFor();
        assert.equal(await page.getByRole('link', { name: 'Grace Hopper' }).count(), 0);
        await tabTo(page, found);
        await page.keyboard.press('Enter');
        await heading(page, 'Alan Turing').waitFor();
        await tabTo(page, button(page, 'Disable'));
        await page.keyboard.press('Enter');
        await page.getByRole('status').getByText('shut out').waitFor();
        await button(page, 'Let them sign in again').click();
        await page.getByRole('status').getByText('can sign in again').waitFor();
      }));
  }

  it('sees who is found while typing', () =>
    withPage(browser, {}, async (page) => {
      await enter(page, 'Ada Lovelace', '/admin');
      await page.getByRole('link', { name: 'Grace Hopper' }).waitFor();
      await page.getByRole('searchbox', { name: 'Begins with' }).fill('alan');
      await page.getByRole('link', { name: 'Grace Hopper' }).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Alan Turing' }).waitFor();
      assert.equal(new URL(page.url()).searchParams.get('q'), 'alan');
    }));

  it('types the name of whoever is deleted', () =>
    withPage(browser, {}, async (page) => {
      await enter(page, 'Ada Lovelace', '/admin');
      await page.getByRole('link', { name: 'Grace Hopper' }).click();
      await page.getByRole('link', { name: 'Delete this person' }).click();
      await assertAccessible(page);
      await page.getByRole('textbox').fill('grace');
      await button(page, 'Delete').click();
      await page.getByRole('status').getByText('not their name').waitFor();
      await page.getByRole('textbox').fill('Grace Hopper');
      await button(page, 'Delete').click();
      await page.getByRole('status').getByText('was deleted').waitFor();
      assert.equal(await page.getByRole('link', { name: 'Grace Hopper' }).count(), 0);
    }));
});
