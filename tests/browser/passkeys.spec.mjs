// Passkeys in a real browser, whose DevTools play the authenticator: one is added on the person's own page, signs in without a name, by
// the button and among what the field for the name offers, and is removed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { button, heading } from './pages.mjs';
import { authenticator } from './passkeys.mjs';
import { browser, enter, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, press, withPage } from './watch.mjs';

scene({ PASSKEYS: 'on', PASSWORDS: 'on' });

/** Signs somebody in at the stand-in, and goes to their passkeys. */
const open = (page, name) => enter(page, name, '/users/passkey', 'google');

/** Adds a passkey on the page for that. */
async function add(page) {
  await button(page, 'Add a passkey').click();
  await page.getByText('The passkey was added.').waitFor();
}

async function signOut(page) {
  await page.goto(latchkey.url);
  await button(page, 'Sign out').click();
  await button(page, 'Sign out').waitFor({ state: 'detached' });
}

describe('the page of passkeys, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        await authenticator(page);
        await open(page, 'Ada Lovelace');
        await add(page);
        await assertAccessible(page);
        await picture(page, `passkeys-${look}`);
      }));
  }
});

describe('a passkey', () => {
  it('signs in without a name, says who has it, and is removed', () =>
    withPage(browser, {}, async (page) => {
      const device = await authenticator(page);
      await open(page, 'Grace Hopper');
      await add(page);
      const [credential] = await device.credentials();
      assert.equal(credential.rpId, new URL(latchkey.url).hostname);
      assert.ok(credential.isResidentCredential);

      await signOut(page);
      await page.goto(`${latchkey.url}/users/login?return_to=/users/passkey`);
      await button(page, 'Sign in with a passkey').click();
      await page.waitForURL(`${latchkey.url}/users/passkey`);
      await page.goto(`${latchkey.url}/account`);
      await page.getByText('Grace Hopper').first().waitFor();

      await page.goto(`${latchkey.url}/users/passkey`);
      await button(page, /^Remove/).click();
      await page.getByText('The passkey was removed.').waitFor();
    }));

  it('that was removed opens nothing, and the page says so', async () => {
    // Without `withPage`: the browser writes a refused request on the console.
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await authenticator(page);
      await open(page, 'Ada Lovelace');
      await add(page);
      await button(page, /^Remove/).last().click();
      await page.getByText('The passkey was removed.').waitFor();
      await signOut(page);
      await page.goto(`${latchkey.url}/users/login`);
      await button(page, 'Sign in with a passkey').click();
      await page.getByText('This passkey cannot be used here').waitFor();
    } finally {
      await context.close();
    }
  });

  it('signs in as soon as it is taken of what the field for the name offers', () =>
    withPage(browser, {}, async (page) => {
      await authenticator(page, true, true);
      await open(page, 'Alan Turing');
      await add(page);
      await signOut(page);
      await page.goto(`${latchkey.url}/users/login?return_to=/account`);
      await page.waitForURL(`${latchkey.url}/account`);
      await page.getByText('Alan Turing').first().waitFor();
    }));

  it('is offered in the field for the name for as long as the page is open, and again after a try that failed', async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      // As a browser that offers passkeys, and whose person takes none.
      await page.addInitScript(() => {
        window.asked = [];
        PublicKeyCredential.isConditionalMediationAvailable = async () => true;
        navigator.credentials.get = ({ mediation, signal }) => {
          window.asked.push(mediation);
          if (mediation !== 'conditional') return Promise.reject(new DOMException('no', 'NotAllowedError'));
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        };
      });
      await page.clock.install();
      let challenges = 0;
      page.on('request', (request) => (challenges += request.url().endsWith('/users/passkey/challenge') ? 1 : 0));
      // The clock of the page stands still, and so does whatever waits there.
      const asked = async (wanted) => {
        let last;
        for (let round = 0; round < 100 && last !== String(wanted); round += 1) {
          last = String(await page.evaluate(() => window.asked));
          await setTimeout(50);
        }
        assert.equal(last, String(wanted));
      };
      await page.goto(`${latchkey.url}/users/login`);
      await asked(['conditional']);
      await page.clock.runFor(3 * 60_000);
      assert.equal(challenges, 1);
      // A challenge counts for five minutes.
      await page.clock.runFor(90_000);
      await asked(['conditional', 'conditional']);
      await button(page, 'Sign in with a passkey').click();
      await asked(['conditional', 'conditional', 'optional', 'conditional']);
      await page.getByText('This passkey cannot be used here').waitFor();
      assert.equal(challenges, 4);
    } finally {
      await context.close();
    }
  });

  it('is reached by the keyboard alone', () =>
    withPage(browser, {}, async (page) => {
      await authenticator(page);
      await open(page, 'Alan Turing');
      await press(page, button(page, 'Add a passkey'));
      await page.getByText('The passkey was added.').waitFor();
      await signOut(page);
      await page.goto(`${latchkey.url}/users/login?return_to=/account`);
      await press(page, button(page, 'Sign in with a passkey'));
      await page.waitForURL(`${latchkey.url}/account`);
    }));

  it('of a device that nobody unlocks is not added', () =>
    withPage(browser, {}, async (page) => {
      const device = await authenticator(page, false);
      await open(page, 'Grace Hopper');
      await button(page, 'Add a passkey').click();
      await page.getByText('The passkey could not be added').waitFor();
      assert.deepEqual(await device.credentials(), []);
    }));
});

describe('without scripts', () => {
  it('the page says so, and the other ways stay', () =>
    withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(`${latchkey.url}/users/login`);
      assert.equal(await button(page, 'Sign in with a passkey').isVisible(), false);
      await open(page, 'Ada Lovelace');
      // The browser of the tests shows nothing of a <noscript>, although it runs no script.
      assert.match(await page.content(), /<noscript>.*A passkey can be added only with JavaScript\./s);
      assert.ok(await button(page, 'Add a passkey').isDisabled());
      assert.equal(await heading(page, 'Passkeys').count(), 1);
    }));
});
