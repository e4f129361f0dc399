// What most specs need: a running latchkey and a browser, before their first test and until after the last one.

import { after, before } from 'node:test';

import { start } from './latchkey.mjs';
import { launch } from './watch.mjs';

/** As `start` gives it. */
export let latchkey;
/** As `launch` gives it. */
export let browser;

/** Starts both, with these settings. `prepare` is what else must be there before the first test. */
export function scene(settings = {}, prepare = async () => {}) {
  before(async () => {
    latchkey = await start(settings);
    browser = await launch();
    await prepare();
  });

  after(async () => {
    await browser?.close();
    await latchkey?.stop();
  });
}
