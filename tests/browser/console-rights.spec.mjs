// What an administrator changes of roles, rules, entitlements and apps in the console: in a real browser, with scripts and without.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { heading } from './pages.mjs';
import { browser, enter, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

scene({}, async () => {
  for (const name of ['Alan Turing', 'Grace Hopper']) await withPage(browser, {}, (page) => enter(page, name, '/account'));
});

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page, name) => page.getByRole('textbox', { name, exact: true });
const attempt = (page) => button(page, 'Show who would gain or lose what');
const link = (page, name) => page.getByRole('link', { name, exact: true });

describe('roles, rules and apps in the console, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, 'Roles').click();
        await link(page, 'Change member').click();
        await heading(page, 'The role member').waitFor();
        await assertAccessible(page);
        await field(page, 'Scopes').fill('get:profile users:read');
        await attempt(page).click();
        await heading(page, 'What would change').waitFor();
        await page.getByRole('status').getByText('2 would gain or lose something').waitFor();
        await assertAccessible(page);
        await picture(page, `console-try-${look}`);
        await field(page, 'Scopes').fill('"');
        await button(page, 'Save').click();
        await page.getByRole('alert').getByText('This was not saved').waitFor();
        await assertAccessible(page);
        for (const path of ['/admin/rules/edit', '/admin/defaults', '/admin/register']) {
          await page.goto(latchkey.url + path);
          await assertAccessible(page);
        }
        for (const kind of ['web', 'spa', 'native', 'service', 'api']) {
          await page.goto(`${latchkey.url}/admin/register?kind=${kind}`);
          await heading(page, 'Register an app or an API').waitFor();
          await assertAccessible(page);
          if (kind === 'web') await picture(page, `console-register-${look}`);
        }
      }));
  }
});

describe('an administrator', () => {
  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';
    it(`adds a role by the keyboard alone, which the Enter key tries, ${how} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, 'Roles').click();
        await press(page, link(page, 'Add a role'));
        await field(page, 'Name').focus();
        await page.keyboard.type(`cook-${how}`);
        await page.keyboard.press('Tab');
        await page.keyboard.type('users:read');
        await page.keyboard.press('Enter');
        await page.getByRole('status').getByText('Nothing is saved yet').waitFor();
        assert.equal(await field(page, 'Name').inputValue(), `cook-${how}`);
        await press(page, button(page, 'Save'));
        await page.getByRole('status').getByText('It was changed').waitFor();
        await heading(page, `cook-${how}`).waitFor();
      }));

    it(`gives a role by a rule and an entitlement, ${how} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, 'Roles').click();
        await link(page, 'Add a rule').click();
        await field(page, 'Name').fill(`gold-${how}`);
        await page.getByRole('checkbox', { name: 'member' }).check();
        await field(page, 'Entitlement').fill(`gold-${how}`);
        await button(page, 'Save').click();
        await heading(page, `gold-${how}`).waitFor();
        await link(page, 'People').click();
        await link(page, 'Alan Turing').click();
        await field(page, 'One more entitlement').fill(`gold-${how}`);
        await button(page, 'Entitle').click();
        await heading(page, `gold-${how}`).waitFor();
        // axe needs scripts.
        if (javaScriptEnabled) {
          await assertAccessible(page);
          await picture(page, 'console-entitled');
        }
        await button(page, `Take away gold-${how}`).click();
        await heading(page, `gold-${how}`).waitFor({ state: 'detached' });
      }));

    it(`registers an app and reads its secret, ${how} scripts`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, 'Apps').click();
        await link(page, 'Register an app or an API').click();
        await link(page, 'web').click();
        await field(page, 'Name').fill(`Orders ${how}`);
        await button(page, 'Register').click();
        await page.getByRole('alert').getByText('A redirect URI is missing.').waitFor();
        await field(page, 'Redirect URIs').fill('https://orders.example.com/callback');
        await button(page, 'Register').click();
        await heading(page, `Orders ${how}`).waitFor();
        await page.getByRole('status').getByText('shown only now').waitFor();
        if (javaScriptEnabled) await assertAccessible(page);
      }));
  }
});
