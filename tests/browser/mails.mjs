// What people get by mail: the outbox of the local cloud is the mailbox of all.

import { latchkey } from './scene.mjs';

const ROUNDS = 400;

/** The mails to an address, the newest first. */
async function mails(to) {
  const all = await (await fetch(`${latchkey.url}/outbox.json`)).json();
  return all.filter((mail) => mail.to === to);
}

/** The newest mail to an address, once there are `count`. */
export async function newest(to, count) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const all = await mails(to);
    if (all.length >= count) return all[0];
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${to} has no ${count} mails`);
}
