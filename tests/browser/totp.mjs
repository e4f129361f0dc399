// What an app on a phone computes.

import { createHmac } from 'node:crypto';

import jsQR from 'jsqr';

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

/** Pixels of one square of a picture. */
const SIDE = 4;

/** What a camera reads in the picture on the page. */
export async function scanned(page) {
  const { size, path } = await page.locator('svg[role=img]').evaluate((svg) => {
    return { size: svg.viewBox.baseVal.width, path: svg.querySelector('path').getAttribute('d') };
  });
  const width = size * SIDE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = 0; row < SIDE; row += 1) {
      const begin = ((Number(y) * SIDE + row) * width + Number(x) * SIDE) * 4;
      for (let pixel = 0; pixel < SIDE; pixel += 1) pixels.fill(0, begin + pixel * 4, begin + pixel * 4 + 3);
    }
  }
  return jsQR(pixels, width, width)?.data;
}
