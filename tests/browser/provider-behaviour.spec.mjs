// Providers as they really answer, in a real browser: the stand-in behaves like each of them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { heading, signIn } from './pages.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, withPage } from './watch.mjs';

// The name in the address, and what the button says.
const PROVIDERS = {
  google: 'Google',
  github: 'GitHub',
  entra: 'Microsoft',
  apple: 'Apple',
  keycloak: 'Keycloak',
  zitadel: 'Zitadel',
  okta: 'Okta',
  b2c: 'Azure AD B2C',
  cognito: 'Amazon Cognito',
  auth0: 'Auth0',
  gitlab: 'GitLab',
  adfs: 'AD FS',
  other: 'Other',
};

scene({ PROVIDERS: Object.keys(PROVIDERS).join(), STAND_IN_LIKE: Object.keys(PROVIDERS).join() });

const button = (page, name) => page.getByRole('button', { name, exact: true });

async function go(page, label) {
  await page.goto(latchkey.url);
  await signIn(page, label).click();
  await heading(page, `Stand-in for ${label}`).waitFor();
}

describe('signing in', () => {
  for (const [name, label] of Object.entries(PROVIDERS)) {
    it(`works as ${label} answers`, () =>
      withPage(browser, {}, async (page) => {
        await go(page, label);
        await assertAccessible(page);
        await page.getByRole('button', { name: 'Ada Lovelace' }).click();
        await heading(page, 'Ada Lovelace').waitFor();
        assert.equal(page.url(), `${latchkey.url}/`, name);
      }));
  }

  it('can do without a list of addresses', () =>
    withPage(browser, {}, async (page) => {
      await go(page, 'GitHub');
      await page.getByLabel('The list of addresses').selectOption('503');
      await page.getByRole('button', { name: 'Grace Hopper' }).click();
      await heading(page, 'Grace Hopper').waitFor();
    }));
});

describe('not signing in', () => {
  const SAID_NO = /You did not allow/;
  for (const [label, way, sentence] of [
    ['GitHub', 'Refuse', SAID_NO],
    ['Microsoft', 'Refuse', SAID_NO],
    ['Microsoft', 'Refuse in French', SAID_NO],
    ['Apple', 'Refuse', SAID_NO],
    ['Keycloak', 'Take too long', /took too long/],
    ['Keycloak', 'Be out of order', /cannot be reached/],
    ['Okta', 'Be not assigned', /does not let this account/],
    ['Azure AD B2C', 'Forget the password', SAID_NO],
    ['Amazon Cognito', 'Fail in a trigger', /could not sign you in/],
    ['Auth0', 'Be blocked', /does not let this account/],
    ['GitLab', 'Refuse', SAID_NO],
    ['AD FS', 'Be out of order', /that we do not understand/],
    ['Other', 'Refuse', SAID_NO],
    ['Other', 'Fail with a word of its own', /could not sign you in/],
  ]) {
    it(`${label}: ${way}`, () =>
      withPage(browser, {}, async (page) => {
        await go(page, label);
        await button(page, way).click();
        await page.getByText(sentence).waitFor();
        await assertAccessible(page);
        await page.getByRole('link', { name: /again/i }).first().waitFor();
      }));
  }
});
