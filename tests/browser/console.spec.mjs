// What an administrator sees and does in the console: in a real browser, with scripts and without.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { button, heading } from './pages.mjs';
import { browser, enter, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const CLIENTS = [{ client_id: 'orders', client_name: 'Orders', kind: 'web', client_secret: '0123456789abcdef0123456789abcdef', redirect_uris: ['http://127.0.0.1/cb'] }];

scene({}, async () => {
  await latchkey.register({ clients: CLIENTS });
  for (const name of ['Alan Turing', 'Grace Hopper']) await withPage(browser, {}, (page) => enter(page, name, '/account'));
});

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
        await press(page, found);
        await heading(page, 'Alan Turing').waitFor();
        await press(page, button(page, 'Disable'));
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
