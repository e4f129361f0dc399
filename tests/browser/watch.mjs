// A browser whose pages are watched: whatever a page complains about fails the test.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

/** Every picture helps to look into a failure; these are for the README too, if UPDATE_PICTURES=1. */
const README = [
  'welcome-light',
  'welcome-dark',
  'stand-in-light',
  'stand-in-dark',
  'home-light',
  'home-dark',
  'brand-light',
  'brand-dark',
  'brand-phone',
  'language-ja',
  'account-light',
  'account-dark',
  'console-try-light',
  'console-entitled',
  'console-register-light',
  'passkeys-light',
  'register-light',
  'reset-light',
  'factor-setup-light',
  'mailed-code-light',
];
const updating = process.env.UPDATE_PICTURES === '1';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing on these pages may need the network: no name but this machine's is found.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
}

/** Runs `test` with a fresh browser profile's page, and fails if any page complained. */
export async function withPage(browser, options, test) {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  context.setDefaultTimeout(30_000);
  const complaints = watch(context);
  try {
    await test(await context.newPage());
    assert.deepEqual(complaints(), [], 'the browser complained');
  } finally {
    await context.close();
  }
}

/** What the pages of the context complain about: uncaught errors, errors and warnings on the console. */
function watch(context) {
  const uncaught = [];
  const messages = [];
  const documents = new Set();
  context.on('weberror', (error) => uncaught.push(`uncaught: ${error.error()}`));
  context.on('console', (message) => messages.push(message));
  context.on('response', (response) => {
    if (response.request().isNavigationRequest()) documents.add(response.url());
  });
  // A page that is answered with 4xx on purpose makes Chromium say so; that is no complaint about the page.
  const isStatusOfPage = (message) =>
    message.text().startsWith('Failed to load resource') && documents.has(message.location().url);
  const isComplaint = (message) => ['error', 'warning'].includes(message.type()) && !isStatusOfPage(message);
  const text = (message) => `${message.text()} (${message.location().url})`;
  return () => [...uncaught, ...messages.filter(isComplaint).map(text)];
}

/** No violation of any accessibility rule that axe-core knows, best practices included; and nothing sticks out. */
export async function assertAccessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(found, [], `accessibility of ${page.url()}`);
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overhang, 0, `${page.url()} scrolls sideways`);
}

/** Takes a picture of the whole page, or of a part of it. */
export async function picture(page, name, clip) {
  const folder = new URL(updating && README.includes(name) ? '../../docs/pictures/' : './out/', import.meta.url);
  const path = fileURLToPath(new URL(`${name}.png`, folder));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path, fullPage: true, clip });
}

/** Presses Tab until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(page, target) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`60 presses of Tab do not lead to ${target}`);
}

/** Presses `target` as somebody without a mouse does. */
export async function press(page, target) {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** How each page is looked at: the options of its browser. */
export const looks = {
  light: { colorScheme: 'light', viewport: { width: 1000, height: 700 } },
  dark: { colorScheme: 'dark', viewport: { width: 1000, height: 700 } },
  phone: { colorScheme: 'light', viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
};
