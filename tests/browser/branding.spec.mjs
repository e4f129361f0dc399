// An installation's own looks, and pages in each language: in a real browser.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const BRAND = {
  PROVIDERS: 'google,entra,apple,github,gitlab',
  BRAND_NAME: 'Example Orders',
  BRAND_SENTENCE: 'One account for all shops of Example.',
  BRAND_COLOR: '#7a0019',
  BRAND_LOGO: 'on',
  TERMS_URL: 'https://example.com/terms',
  PRIVACY_URL: 'https://example.com/privacy',
};

/** The button of Google, and the heading of a page that is not there. */
const LANGUAGES = {
  en: ['Continue with Google', 'There is nothing here'],
  de: ['Weiter mit Google', 'Hier gibt es nichts'],
  fr: ['Continuer avec Google', 'Il n’y a rien ici'],
  es: ['Continuar con Google', 'Aquí no hay nada'],
  pt: ['Continuar com Google', 'Não há nada aqui'],
  ja: ['Google で続行', 'ページが見つかりません'],
};

scene(BRAND);

describe('the pages of an installation with a look of its own, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        // #104: no policy blocks the colours or the logo; a browser would complain.
        await page.goto(`${latchkey.url}/users/login`);
        await page.getByText('One account for all shops').waitFor();
        await assertAccessible(page);
        await picture(page, `brand-${look}`);
        const accent = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent'));
        assert.equal(accent === '#7a0019', look !== 'dark', accent);
        assert.ok(await page.evaluate(() => document.querySelector('.brand img').naturalWidth > 0), 'the logo is shown');
        await press(page, page.getByRole('link', { name: 'Continue with Google' }));
        await person(page, 'Ada Lovelace').click();
        await heading(page, 'Ada Lovelace').waitFor();
        await assertAccessible(page);
        await page.goto(`${latchkey.url}/users/login`);
        await page.getByRole('link', { name: 'Continue with Google Last used' }).waitFor();
        await assertAccessible(page);
      }));
  }
});

describe('a person whose browser speaks', () => {
  for (const [locale, [button, nothing]] of Object.entries(LANGUAGES)) {
    for (const javaScriptEnabled of [true, false]) {
      it(`${locale}, ${javaScriptEnabled ? 'with' : 'without'} scripts, reads it`, () =>
        withPage(browser, { locale, javaScriptEnabled }, async (page) => {
          await page.goto(`${latchkey.url}/nothing`);
          await heading(page, nothing).waitFor();
          await page.goto(latchkey.url);
          await page.getByRole('link', { name: button }).waitFor();
          assert.equal(await page.locator('html').getAttribute('lang'), locale);
          if (!javaScriptEnabled) return;
          await assertAccessible(page);
          await picture(page, `language-${locale}`);
          await page.getByRole('link', { name: button }).click();
          await person(page, 'Ada Lovelace').click();
          await heading(page, 'Ada Lovelace').waitFor();
          await assertAccessible(page);
          await page.goto(`${latchkey.url}/device`);
          await page.getByRole('textbox').waitFor();
          await assertAccessible(page);
        }));
    }
  }
});
