// What most specs need: a running latchkey and a browser, before their first test and until after the last one.

import { after, before } from 'node:test';

import { start } from './latchkey.mjs';
import { person } from './pages.mjs';
import { launch } from './watch.mjs';

/** As `start` gives it. */
export let latchkey;
/** As `launch` gives it. */
export let browser;

/** Starts both, with these settings. `prepare` is what else must be there before the first test, `options` are of the command line. */
export function scene(settings = {}, prepare = async () => {}, options = []) {
  before(async () => {
    latchkey = await start(settings, options);
    browser = await launch();
    await prepare();
  });

  after(async () => {
    await browser?.close();
    await latchkey?.stop();
  });
}

/** Signs somebody in at the stand-in on the way to this path, by the only provider or the one named. */
export async function enter(page, name, to, provider) {
  await page.goto(`${latchkey.url}/users/login${provider ? `/${provider}` : ''}?return_to=${to}`);
  await person(page, name).click();
  await page.waitForURL(`${latchkey.url}${to}`);
}
