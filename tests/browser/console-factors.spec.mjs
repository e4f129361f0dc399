// An administrator takes somebody's lost second factor away in the console: with scripts and without, and in each look. The person is told by
// mail, and signs in without a code afterwards.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { newest } from './mails.mjs';
import { button, heading, link } from './pages.mjs';
import { browser, enter, latchkey, scene } from './scene.mjs';
import { code } from './totp.mjs';
import { assertAccessible, looks, picture, withPage } from './watch.mjs';

scene({ SECOND_FACTORS: 'on' });

/** Signs somebody in in a browser of their own, and sets a factor up. */
const setUp = (name) =>
  withPage(browser, {}, async (page) => {
    await enter(page, name, '/users/factor/setup');
    await page.getByLabel('Code of six digits').fill(code(await page.locator('code').first().textContent()));
    await button(page, 'Turn it on').click();
    await heading(page, 'Your recovery codes').waitFor();
  });

describe('the page that asks before it takes factors away', () => {
  before(() => setUp('Katherine Johnson'));
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, 'Katherine Johnson').click();
        await heading(page, 'Second factors').waitFor();
        await assertAccessible(page);
        await link(page, 'Take second factors away').click();
        await heading(page, 'Take the second factors of Katherine Johnson away?').waitFor();
        await assertAccessible(page);
        await picture(page, `console-factors-${look}`);
      }));
  }
});

describe('an administrator takes a lost factor away', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
      const [name, address] = javaScriptEnabled ? ['Alan Turing', 'alan@example.com'] : ['Grace Hopper', 'grace@example.org'];
      await setUp(name);
      await withPage(browser, { javaScriptEnabled }, async (page) => {
        await enter(page, 'Ada Lovelace', '/admin');
        await link(page, name).click();
        await page.getByText('Codes of an app, and recovery codes').waitFor();
        await link(page, 'Take second factors away').click();
        await page.getByLabel(`Type ${name}`).fill(name.split(' ')[0]);
        await button(page, 'Take second factors away').click();
        await page.getByRole('status').getByText('not their name').waitFor();
        await page.getByLabel(`Type ${name}`).fill(name);
        await button(page, 'Take second factors away').click();
        await page.getByRole('status').getByText('The second factors are taken away').waitFor();
        assert.equal(await link(page, 'Take second factors away').count(), 0);
      });
      const told = await newest(address, 2);
      assert.equal(told.subject, 'A way to sign in was removed');
      assert.match(told.text, /Somebody who looks after/);
      // Nothing asks for a code any more.
      await withPage(browser, { javaScriptEnabled }, (page) => enter(page, name, '/account'));
    });
  }

  it('but not their own, for which their own page asks for a code', () =>
    withPage(browser, {}, async (page) => {
      await enter(page, 'Ada Lovelace', '/users/factor/setup');
      await page.getByLabel('Code of six digits').fill(code(await page.locator('code').first().textContent()));
      await button(page, 'Turn it on').click();
      await heading(page, 'Your recovery codes').waitFor();
      await page.goto(`${latchkey.url}/admin`);
      await page.locator('a[href^="/admin/people/"]', { hasText: 'Ada Lovelace' }).click();
      await link(page, 'Take second factors away').click();
      await assertAccessible(page);
      await link(page, 'Your own second factor').click();
      await page.waitForURL(`${latchkey.url}/users/factor/setup`);
    }));
});
