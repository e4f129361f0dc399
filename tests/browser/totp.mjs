// What an app on a phone computes.

import { createHmac } from 'node:crypto';

/**
 * The code of this key `steps` of 30 seconds from now (RFC 6238), as an app on a phone computes it. Each counts once, and no later than the
 * step after its own: that of now sets a factor up, and the next one, of a clock that is ahead, is good right after that, however long it
 * takes to arrive.
 */
export function code(key, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(/[^A-Z2-7]/g, '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', bytes).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}
