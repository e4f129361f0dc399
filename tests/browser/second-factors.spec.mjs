// Second factors in a real browser: one is set up with the key that the page shows, is asked for in the middle of an app's sign-in, with
// and without scripts, a recovery code takes its place once, and a passkey each time.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { authorization, startApp } from './app.mjs';
import { start } from './latchkey.mjs';
import { button, heading, person, signOut } from './pages.mjs';
import { authenticator } from './passkeys.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { code, scanned } from './totp.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

const SECRET = { client_secret: 's'.repeat(43) };
const LOCAL = ['http://127.0.0.1/cb'];
const client = 'server';

let app;

scene({ SECOND_FACTORS: 'on', PASSKEYS: 'on', PASSWORDS: 'on' }, async () => {
  app = await startApp();
  await latchkey.register({ clients: [{ client_id: client, kind: 'web', client_name: 'Orders', ...SECRET, redirect_uris: LOCAL }] });
});

after(() => app?.stop());

const field = (page) => page.getByLabel('Code of six digits');

/** Signs somebody in at the stand-in, and sets a factor up: its key, and the recovery codes. */
async function setUp(page, name, look) {
  await page.goto(`${latchkey.url}/users/login/google?return_to=/users/factor/setup`);
  await person(page, name).click();
  await heading(page, 'Second factor').waitFor();
  if (look) {
    await assertAccessible(page);
    await picture(page, `factor-setup-${look}`);
  }
  const key = await page.locator('code').first().textContent();
  const address = new URL(await scanned(page));
  assert.equal(address.href.split('?')[0], `otpauth://totp/latchkey:${encodeURIComponent(name)}`);
  assert.equal(address.searchParams.get('secret'), key.replaceAll(' ', ''));
  const typed = code(key);
  await field(page).fill(`${typed.slice(0, 3)} ${typed.slice(3)}`);
  await button(page, 'Turn it on').click();
  await heading(page, 'Your recovery codes').waitFor();
  const codes = await page.getByRole('listitem').locator('code').allTextContents();
  assert.equal(codes.length, 10);
  return { key, codes };
}

/** Signs in at the stand-in on the way to an app, up to the step. */
async function toStep(page, name) {
  await page.goto(authorization(latchkey, client, app.callback));
  if (await page.getByRole('link', { name: 'Continue with Google' }).count()) {
    await page.getByRole('link', { name: 'Continue with Google' }).click();
  }
  await person(page, name).click();
  await heading(page, 'Enter the code').waitFor();
}

async function leave(page) {
  await page.goto(latchkey.url);
  await signOut(page).click();
  await signOut(page).waitFor({ state: 'detached' });
}

describe('setting one up and the step, in light, in dark and on a phone', () => {
  const people = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing'];
  for (const [at, [look, options]] of Object.entries(looks).entries()) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        const { key } = await setUp(page, people[at], look);
        await assertAccessible(page);
        await picture(page, `factor-codes-${look}`);
        await leave(page);
        await toStep(page, people[at]);
        await assertAccessible(page);
        await picture(page, `factor-step-${look}`);
        // There is no session before the code.
        await page.goto(`${latchkey.url}/account`);
        assert.notEqual(new URL(page.url()).pathname, '/account');
        await page.goto(`${latchkey.url}/users/factor`);
        await field(page).fill(code(key, 1));
        await button(page, 'Continue').first().click();
        // An address on this machine may be anybody's.
        await button(page, 'Continue as').click();
        await heading(page, 'Back in the app').waitFor();
        assert.ok(new URL(page.url()).searchParams.get('code'));
      }));
  }
});

describe('a recovery code', () => {
  it('takes the place of the device once, without scripts', () =>
    withPage(browser, { javaScriptEnabled: false }, async (page) => {
      const name = 'Katherine Johnson';
      const { codes } = await setUp(page, name);
      const recover = async () => {
        await leave(page);
        await toStep(page, name);
        await page.getByText('The device is not there?').click();
        await page.getByLabel('Recovery code').fill(codes[0]);
        await button(page, 'Continue').last().click();
      };
      await recover();
      await page.getByText('Recovery codes that are left: 9.').waitFor();
      await recover();
      await page.getByRole('alert').waitFor();
      assert.equal(new URL(page.url()).pathname, '/users/factor');
    }));
});

describe('in the middle of another app’s sign-in', () => {
  it('somebody who is signed in shows one where the app asks for it, and comes back to the app', () =>
    withPage(browser, {}, async (page) => {
      const { key } = await setUp(page, 'Hedy Lamarr');
      const session = await page.context().cookies();
      await page.goto(authorization(latchkey, client, app.callback, { acr_values: '2' }));
      await heading(page, 'Enter the code').waitFor();
      await field(page).fill('000000');
      await button(page, 'Continue').first().click();
      await page.getByRole('alert').waitFor();
      await field(page).fill(code(key, 1));
      await button(page, 'Continue').first().click();
      await button(page, 'Continue as').click();
      await heading(page, 'Back in the app').waitFor();
      assert.ok(new URL(page.url()).searchParams.get('code'));
      const value = (cookies) => cookies.find(({ name }) => name.endsWith('session'))?.value;
      assert.notEqual(value(await page.context().cookies()), value(session));
    }));

  it('whoever has a role that demands one sets it up before there is a session, without scripts too', async () => {
    const strict = await start({ SECOND_FACTORS: 'on' });
    try {
      await strict.register({ clients: [{ client_id: client, kind: 'web', client_name: 'Orders', ...SECRET, redirect_uris: LOCAL }] });
      await strict.command('role', 'set', 'member', 'get:profile', '--second-factor');
      for (const [name, javaScriptEnabled] of [
        ['Ada Lovelace', true],
        ['Grace Hopper', false],
      ]) {
        await withPage(browser, { javaScriptEnabled }, async (page) => {
          // With one way in there is no page on which to choose.
          await page.goto(authorization(strict, client, app.callback));
          await person(page, name).click();
          await page.getByText('you have none yet').waitFor();
          if (javaScriptEnabled) await assertAccessible(page);
          const key = await page.locator('code').first().textContent();
          await field(page).fill(code(key));
          await button(page, 'Turn it on').click();
          await heading(page, 'Your recovery codes').waitFor();
          assert.equal(await page.getByRole('listitem').locator('code').count(), 10);
          if (javaScriptEnabled) await assertAccessible(page);
          await page.getByRole('link', { name: 'Continue' }).click();
          await button(page, 'Continue as').click();
          await heading(page, 'Back in the app').waitFor();
          assert.ok(new URL(page.url()).searchParams.get('code'));
        });
      }
    } finally {
      await strict.stop();
    }
  });
});

describe('a passkey in place of the code', () => {
  const PASSWORD = 'a horse that counts';
  const use = (page) => button(page, 'Use a passkey');

  /** Makes an account with a password, a passkey and a second factor, and signs out again. */
  async function withAll(page, name) {
    await page.goto(`${latchkey.url}/users/register?return_to=/users/passkey`);
    await page.getByLabel('E-mail address or user name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await button(page, 'Create account').click();
    await button(page, 'Add a passkey').click();
    await page.getByText('The passkey was added.').waitFor();
    await page.goto(`${latchkey.url}/users/factor/setup`);
    const key = await page.locator('code').first().textContent();
    await field(page).fill(code(key));
    await button(page, 'Turn it on').click();
    await heading(page, 'Your recovery codes').waitFor();
    await leave(page);
    return key;
  }

  /** Signs in with the password, on the way to a page of ours. */
  async function toAfterPassword(page, name, to) {
    await page.goto(`${latchkey.url}/users/login?return_to=${to}`);
    await page.getByLabel('E-mail address or user name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  for (const [look, options] of Object.entries(looks)) {
    it(`lets in after a password, ${look}`, () =>
      withPage(browser, options, async (page) => {
        await authenticator(page);
        await withAll(page, `grace-${look}`);
        await toAfterPassword(page, `grace-${look}`, '/account');
        await use(page).waitFor();
        await assertAccessible(page);
        await picture(page, `factor-passkey-${look}`);
        await press(page, use(page));
        await page.waitForURL(`${latchkey.url}/account`);
      }));
  }

  it('of a device that nobody unlocks says so, and the code lets in', async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const device = await authenticator(page);
      const key = await withAll(page, 'hedy');
      await device.verifies(false);
      await toAfterPassword(page, 'hedy', '/account');
      await use(page).click();
      await page.getByText('This passkey cannot be used here').waitFor();
      await field(page).fill(code(key, 1));
      await button(page, 'Continue').first().click();
      await page.waitForURL(`${latchkey.url}/account`);
    } finally {
      await context.close();
    }
  });

  it('is not offered without scripts, and the code is', async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await authenticator(page);
      const key = await withAll(page, 'mary');
      await withPage(browser, { javaScriptEnabled: false }, async (plain) => {
        await toAfterPassword(plain, 'mary', '/account');
        await field(plain).fill(code(key, 1));
        assert.equal(await use(plain).isVisible(), false);
        await button(plain, 'Continue').first().click();
        await plain.waitForURL(`${latchkey.url}/account`);
      });
    } finally {
      await context.close();
    }
  });
});
