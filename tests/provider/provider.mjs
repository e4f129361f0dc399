// A certified OpenID provider (npm oidc-provider) on a free port of this machine, for tests against code that is not ours.
//
//   node provider.mjs '{"client_id": "…", "client_secret": "…", "redirect_uris": ["http://…"]}'
//
// It prints one line, {"issuer": "http://127.0.0.1:…"}, and ends when its standard input closes, so that it cannot outlive
// the test that started it. Two forms lead through it, each to be posted to its own `action` with the cookies so far:
// `prompt=login&login=ada&password=any`, then `prompt=consent`. Whoever signs in as `ada` is ada@example.com, verified;
// `ada@example.org` is that address; `unverified` has an address that is not verified.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const { client_id, client_secret, redirect_uris, ...rest } = JSON.parse(process.argv[2] ?? '{}');

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function account(id) {
  const email = id.includes('@') ? id : `${id}@example.com`;
  return {
    accountId: id,
    claims: () => ({ sub: id, email, email_verified: id !== 'unverified', name: `${id} of the tests` }),
  };
}

const provider = new Provider(issuer, {
  clients: [{ client_id, client_secret, redirect_uris, ...rest }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // The e-mail is in the ID token, as with Google, and not in userinfo alone.
  conformIdTokenClaims: false,
  cookies: { keys: ['of no worth: this provider lives as long as one test'] },
  features: { devInteractions: { enabled: true }, userinfo: { enabled: true } },
  findAccount: (_context, id) => account(id),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'tests' }] },
  pkce: { required: () => true },
});
provider.on('server_error', (_context, error) => console.error(error));

server.on('request', provider.callback());
console.log(JSON.stringify({ issuer }));

process.stdin.resume().on('end', () => process.exit(0)).on('error', () => process.exit(0));
