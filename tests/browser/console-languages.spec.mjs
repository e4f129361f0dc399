// The console in the other languages, whose words are longer than the English ones, on a phone: nothing sticks out, and axe finds nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, withPage } from './watch.mjs';

const PAGES = ['', '/new', '/roles', '/roles/edit', '/rules/edit', '/defaults', '/apps', '/register', '/register?kind=web', '/register?kind=api', '/keys', '/trail', '/again'];

scene();

describe('the console on a phone', () => {
  for (const locale of ['de', 'fr', 'es', 'pt', 'ja']) {
    it(`in ${locale}`, () =>
      withPage(browser, { ...looks.phone, locale }, async (page) => {
        await page.goto(`${latchkey.url}/users/login?return_to=/admin`);
        await person(page, 'Ada Lovelace').click();
        await page.waitForURL(`${latchkey.url}/admin`);
        await page.locator(`html[lang=${locale}]`).waitFor();
        await picture(page, `console-${locale}`);
        for (const path of PAGES) {
          await page.goto(`${latchkey.url}/admin${path}`);
          await assertAccessible(page);
        }
        await page.goto(`${latchkey.url}/admin`);
        await page.getByRole('link', { name: 'Ada Lovelace' }).last().click();
        await assertAccessible(page);
        await picture(page, `console-person-${locale}`);
      }));
  }

  it('says in German why an app cannot be registered', () =>
    withPage(browser, { ...looks.phone, locale: 'de' }, async (page) => {
      await page.goto(`${latchkey.url}/users/login?return_to=/admin/register?kind=web`);
      await person(page, 'Ada Lovelace').click();
      await page.getByLabel('Name', { exact: true }).fill('Bestellungen');
      const register = page.getByRole('button', { name: 'Registrieren' });
      await register.click();
      await page.getByRole('alert').getByText('Es fehlt eine Redirect-URI.').waitFor();
      await page.getByLabel('Redirect-URIs', { exact: true }).fill('http://orders.example.com/callback');
      await register.click();
      const alert = page.getByRole('alert');
      await alert.getByText('Die Redirect-URI "http://orders.example.com/callback" kann nicht verwendet werden.').waitFor();
      await alert.getByText('Sie muss https sein.').waitFor();
      assert.equal(await page.locator('[lang=en]').count(), 0);
      await assertAccessible(page);
      await picture(page, 'console-register-de');
    }));
});
