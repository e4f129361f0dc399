// What happened to a person's account, as they read it: in a real browser, by the keyboard alone, and in other languages.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { button, heading, link, person } from './pages.mjs';
import { browser, enter, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

scene({ PROVIDERS: 'google,github' });


/** Signs somebody in, and goes to their account. */
const open = (page, name) => enter(page, name, '/account', 'google');

/** Ends the session of another browser, in which the same person is signed in. */
async function endAnother(page, name) {
  await withPage(browser, {}, (other) => open(other, name));
  await page.goto(`${latchkey.url}/account`);
  await press(page, button(page, 'End the session of').first());
  await page.getByRole('status').waitFor();
}

describe('what happened to an account, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await open(page, 'Ada Lovelace');
        await endAnother(page, 'Ada Lovelace');
        await press(page, link(page, 'What happened to your account'));
        await heading(page, 'What happened to your account').waitFor();
        await page.getByText('A session was ended.').first().waitFor();
        await assertAccessible(page);
        await picture(page, `account-trail-${look}`);
      }));
  }
});

describe('the trail of an account', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`is read by the keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} scripts, and is nobody else's`, () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        await open(page, 'Grace Hopper');
        await endAnother(page, 'Grace Hopper');
        await press(page, link(page, 'What happened to your account'));
        const row = page.getByRole('listitem').filter({ hasText: 'A session was ended.' }).first();
        await row.getByText('By you, from 127.0.0.0/24.').waitFor();
        await press(page, link(page, 'Back to your account'));
        await page.waitForURL(`${latchkey.url}/account`);
        await withPage(browser, {}, async (other) => {
          await open(other, 'Alan Turing');
          await other.goto(`${latchkey.url}/account/trail`);
          await other.getByText('Nothing of the kind is written down about you.').waitFor();
        });
      }));
  }

  const said = {
    de: ['Was mit Ihrem Konto geschah', 'Eine Sitzung wurde beendet.'],
    fr: ['Ce qui est arrivé à votre compte', 'Une session a été fermée.'],
    es: ['Qué ha pasado con su cuenta', 'Se cerró una sesión.'],
    pt: ['O que aconteceu à sua conta', 'Uma sessão foi encerrada.'],
    ja: ['アカウントの履歴', 'セッションが終了しました。'],
  };
  for (const [locale, [title, ended]] of Object.entries(said)) {
    it(`is in ${locale} for whoever reads it`, () =>
      withPage(browser, { ...looks.phone, locale }, async (page) => {
        await withPage(browser, {}, async (english) => {
          await open(english, 'Ada Lovelace');
          await endAnother(english, 'Ada Lovelace');
        });
        await open(page, 'Ada Lovelace');
        await page.goto(`${latchkey.url}/account/trail`);
        await heading(page, title).waitFor();
        await page.getByText(ended).first().waitFor();
        assert.equal(await page.getByText('Something else').count(), 0);
        await assertAccessible(page);
      }));
  }
});
