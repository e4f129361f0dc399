// A certified OpenID provider (npm oidc-provider) on a free port of this machine, for tests against code that is not ours.
//
// It prints {"issuer": "http://127.0.0.1:…"}, reads one line of standard input, {"clients": [{"client_id": "…", …}]}, prints
// {"ready": true}, answers each further line with {"exchanges": …}, the requests to its token endpoint so far, and ends when
// standard input closes, so that it cannot outlive the test that started it. With "conform": true, e-mail and name are at
// userinfo alone, as OpenID Connect Core §5.4 has it; without, in the ID token too.
//
// Two forms lead through it, each to be posted to its own `action` with the cookies so far:
// `prompt=login&login=ada&password=any`, then `prompt=consent`; `…/abort` beside them refuses. Anyone who signs in as `ada` is
// ada@example.com, verified; `ada@example.org` is that address; `unverified` has an address that is not verified.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin }).on('close', () => process.exit(0));
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(JSON.stringify({ issuer }));

const [line] = await once(lines, 'line');
const { clients, conform = false } = JSON.parse(line);

function jwk(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: alg };
}

function account(id) {
  const email = id.includes('@') ? id : `${id}@example.com`;
  return {
    accountId: id,
    claims: () => ({ sub: id, email, email_verified: id !== 'unverified', name: `${id} of the tests` }),
  };
}

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: conform,
  cookies: { keys: ['of no worth: this provider lives as long as one test'] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  features: { devInteractions: { enabled: true }, userinfo: { enabled: true } },
  findAccount: (_context, id) => account(id),
  jwks: {
    keys: [
      jwk('rsa', { modulusLength: 2048 }, 'RS256'),
      jwk('rsa', { modulusLength: 2048 }, 'PS256'),
      jwk('ec', { namedCurve: 'P-256' }, 'ES256'),
    ],
  },
  pkce: { required: () => true },
});
provider.on('server_error', (_context, error) => console.error(error));

let exchanges = 0;
server.on('request', (request) => {
  if (request.url.startsWith('/token')) exchanges += 1;
});
server.on('request', provider.callback());
lines.on('line', () => console.log(JSON.stringify({ exchanges })));
console.log(JSON.stringify({ ready: true }));
