// Makes a key pair in a folder, once: what signs stays there, and latchkey gets the public half.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

const [folder] = process.argv.slice(2);
if (!existsSync(join(folder, 'key.json'))) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const marks = { alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(await exportJWK(publicKey)) };
  await writeFile(join(folder, 'public.json'), JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), ...marks }] }));
  await writeFile(join(folder, 'key.json'), JSON.stringify({ ...(await exportJWK(privateKey)), ...marks }), { mode: 0o600 });
}
