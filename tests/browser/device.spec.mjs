// A device that has no browser, and its person in one: by the keyboard alone, without scripts, narrow and dark.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { add } from './clients.mjs';
import { button, heading, person } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, looks, picture, tabTo, withPage } from './watch.mjs';

let client_id;

scene({}, async () => {
  ({ client_id } = await add(latchkey, 'native', 'Television', '--redirect-uri', 'http://127.0.0.1/callback', '--device'));
});

const post = async (path, fields) => (await fetch(latchkey.url + path, { method: 'POST', body: new URLSearchParams(fields) })).json();
const ask = () => post('/oauth/device', { client_id, scope: 'openid profile offline_access' });
const poll = ({ device_code }) =>
  post('/oauth/token', { client_id, device_code, grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });

const field = (page) => page.getByLabel('Code');

describe('each page for a device, in light, in dark and on a phone', () => {
  for (const [look, options] of Object.entries(looks)) {
    it(look, () =>
      withPage(browser, options, async (page) => {
        const asked = await ask();
        await page.goto(asked.verification_uri);
        await person(page, 'Ada Lovelace').click();
        await heading(page, 'Connect a device').waitFor();
        await assertAccessible(page);
        await picture(page, `device-${look}`);
        await field(page).fill('BCDF-GHJK');
        await button(page, 'Continue').click();
        await page.getByRole('alert').waitFor();
        await assertAccessible(page);
        await field(page).fill(asked.user_code.toLowerCase().replace('-', ' '));
        await button(page, 'Continue').click();
        await heading(page, 'Connect Television on another device?').waitFor();
        await assertAccessible(page);
        await picture(page, `device-confirm-${look}`);
        await button(page, 'Allow').click();
        await heading(page, 'Your device is connected').waitFor();
        await assertAccessible(page);
        assert.ok((await poll(asked)).access_token);
      }));
  }
});

describe('the person', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(javaScriptEnabled ? 'needs no mouse' : 'needs no script', () =>
      withPage(browser, { javaScriptEnabled }, async (page) => {
        const asked = await ask();
        await page.goto(asked.verification_uri_complete);
        await person(page, 'Ada Lovelace').click();
        await heading(page, 'Connect a device').waitFor();
        // The code in the address is filled in, to be compared, and has the focus.
        assert.equal(await field(page).inputValue(), asked.user_code);
        assert.equal((await poll(asked)).error, 'authorization_pending');
        if (!javaScriptEnabled) await field(page).focus();
        await page.keyboard.press('Enter');
        await heading(page, 'Connect Television on another device?').waitFor();
        if (javaScriptEnabled) await tabTo(page, button(page, 'Allow'));
        else await button(page, 'Allow').focus();
        await page.keyboard.press('Enter');
        await heading(page, 'Your device is connected').waitFor();
        assert.ok((await poll(asked)).refresh_token);
      }));
  }

  it('says no, and the device hears so', () =>
    withPage(browser, {}, async (page) => {
      const asked = await ask();
      await page.goto(asked.verification_uri_complete);
      await person(page, 'Ada Lovelace').click();
      await button(page, 'Continue').click();
      await button(page, 'Deny').click();
      await heading(page, 'Access denied').waitFor();
      assert.equal((await poll(asked)).error, 'access_denied');
    }));
});
