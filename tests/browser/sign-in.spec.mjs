// Signing in and out in a real browser, against the binary as it is.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { heading, person, signIn, signOut } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, picture, press, withPage } from './watch.mjs';

scene();

const copyCurl = (page) => page.getByRole('button', { name: 'Copy curl command' });
const users = (page) => page.getByRole('region', { name: 'Users' });

async function signInAs(page, name) {
  await page.goto(latchkey.url);
  await signIn(page).click();
  await heading(page, 'Stand-in for Google').waitFor();
  await person(page, name).click();
  await heading(page, name).waitFor();
}

describe('every page in light, in dark and on a phone', () => {
  const looks = {
    light: { colorScheme: 'light', viewport: { width: 1000, height: 700 } },
    dark: { colorScheme: 'dark', viewport: { width: 1000, height: 700 } },
    phone: { colorScheme: 'light', viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
    'phone-dark': { colorScheme: 'dark', viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
  };
  // So that the pictures show some users.
  before(async () => {
    for (const name of ['Grace Hopper', 'Katherine Johnson', 'Alan Turing']) {
      await withPage(browser, {}, (page) => signInAs(page, name));
    }
  });

  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await page.goto(latchkey.url);
        await signIn(page).waitFor();
        await assertAccessible(page);
        await picture(page, `welcome-${look}`);
        await signIn(page).click();
        await person(page, 'Ada Lovelace').waitFor();
        await assertAccessible(page);
        await picture(page, `stand-in-${look}`);
        await person(page, 'Ada Lovelace').click();
        await users(page).waitFor();
        await assertAccessible(page);
        await picture(page, `home-${look}`);
        for (const broken of ['users/login/google/callback', 'stand-in/authorize']) {
          await page.goto(`${latchkey.url}/${broken}`);
          await assertAccessible(page);
        }
      }));
  }
});

describe('signing in', () => {
  it('leads to the front page with a name, rights and the users', () =>
    withPage(browser, {}, async (page) => {
      await signInAs(page, 'Ada Lovelace');
      assert.equal(page.url(), `${latchkey.url}/`);
      await page.getByText('ada@example.com').first().waitFor();
      await page.getByText('users:read').first().waitFor();
      await users(page).getByRole('row', { name: 'Ada Lovelace' }).waitFor();
      await assertAccessible(page);
    }));

  it('copies a curl command that works', () =>
    withPage(browser, {}, async (page) => {
      await signInAs(page, 'Ada Lovelace');
      await copyCurl(page).click();
      const command = await copied(page);
      assert.match(command, /^curl /);
      const { stdout } = await promisify(execFile)('bash', ['-c', command]);
      assert.match(stdout, /ada@example\.com/);
    }));

  it('ends by signing out', () =>
    withPage(browser, {}, async (page) => {
      await signInAs(page, 'Ada Lovelace');
      await signOut(page).click();
      await signIn(page).waitFor();
      await page.goto(latchkey.url);
      await signIn(page).waitFor();
      assert.equal(await heading(page, 'Ada Lovelace').count(), 0);
    }));

  it('shows no users without the right to see them', () =>
    withPage(browser, {}, async (page) => {
      await signInAs(page, 'Hedy Lamarr');
      assert.equal(await users(page).count(), 0);
      await assertAccessible(page);
    }));

  it('accepts a typed person', () =>
    withPage(browser, {}, async (page) => {
      await page.goto(latchkey.url);
      await signIn(page).click();
      await page.getByLabel('Name').fill('Jo <b>Öz</b>');
      await page.getByLabel('E-mail address').fill('jo@example.net');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await heading(page, 'Jo <b>Öz</b>').waitFor();
    }));

  it('needs no mouse', () =>
    withPage(browser, {}, async (page) => {
      await page.goto(latchkey.url);
      await press(page, signIn(page));
      await heading(page, 'Stand-in for Google').waitFor();
      await press(page, person(page, 'Grace Hopper'));
      await heading(page, 'Grace Hopper').waitFor();
      await press(page, signOut(page));
      await signIn(page).waitFor();
    }));
});

describe('not signing in', () => {
  it('leads to a page that says so and offers another try', () =>
    withPage(browser, {}, async (page) => {
      await page.goto(latchkey.url);
      await signIn(page).click();
      await person(page, 'Refuse').click();
      await page.waitForURL(/\/users\/login\/google\/callback/);
      await assertAccessible(page);
      await picture(page, 'refused');
      await page.getByRole('link', { name: /again|sign in/i }).first().click();
      await signIn(page).or(heading(page, 'Stand-in for Google')).first().waitFor();
    }));

  it('is the result of a stolen or used callback', () =>
    withPage(browser, {}, (thief) =>
      withPage(browser, {}, async (page) => {
        await page.goto(latchkey.url);
        await signIn(page).click();
        await heading(page, 'Stand-in for Google').waitFor();
        const answer = await page.request.post(page.url(), { form: { person: 'ada' }, maxRedirects: 0 });
        const { location } = answer.headers();
        // #25: in a browser that did not start the login, the answer is worth nothing, and is not used up.
        assert.equal((await thief.goto(location)).status(), 400);
        await thief.goto(latchkey.url);
        await signIn(thief).waitFor();
        await page.goto(location);
        await heading(page, 'Ada Lovelace').waitFor();
        // #9: it works once, and leads to the same session after that.
        await page.goto(location);
        await heading(page, 'Ada Lovelace').waitFor();
      }),
    ));
});

/** What the clipboard holds, as soon as the page says that it was copied. */
async function copied(page) {
  await page.getByText('Copied.').waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}
