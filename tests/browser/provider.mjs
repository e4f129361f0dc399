// A provider of one's own that knows one person, asks nothing, and takes its time.

import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const PERSON = { sub: '1', name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true };

/**
 * The settings of a provider `slow`, and `{ stop }`. It holds what the token endpoint says until `release` is called; `asked`
 * resolves as soon as that endpoint is asked, to the address that the browser was sent back to.
 */
export async function startSlowProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const asked = promise();
  const released = promise();
  let login;
  const metadata = (issuer) => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
  const idToken = (issuer) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'client', iat: now, exp: now + 300, nonce: login.nonce, ...PERSON };
    const parts = [{ alg: 'RS256', kid: '1' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const input = parts.join('.');
    return `${input}.${sign('sha256', input, privateKey).toString('base64url')}`;
  };
  const answers = {
    '/.well-known/openid-configuration': metadata,
    '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] }),
    '/token': async (issuer) => {
      asked.resolve(login.address);
      await released.kept;
      return { access_token: 'x', token_type: 'Bearer', expires_in: 300, id_token: idToken(issuer) };
    },
  };
  const server = createServer(async (request, response) => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const url = new URL(request.url, issuer);
    if (url.pathname === '/authorize') {
      login = returning(url.searchParams);
      response.writeHead(303, { location: login.address }).end();
      return;
    }
    const answer = await answers[url.pathname]?.(issuer);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    released.resolve();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const settings = {
    PROVIDERS: 'slow',
    SLOW_ISSUER: `http://127.0.0.1:${server.address().port}`,
    SLOW_CLIENT_ID: 'client',
    SLOW_CLIENT_SECRET: 'a secret of this test alone',
  };
  return { settings, asked: asked.kept, release: released.resolve, stop };
}

/** Where the browser goes back to, and the nonce that the application expects. */
function returning(asked) {
  const address = new URL(asked.get('redirect_uri'));
  address.search = new URLSearchParams({ code: 'x', state: asked.get('state') });
  return { address: address.href, nonce: asked.get('nonce') };
}

/** A promise that others resolve. */
function promise() {
  let resolve;
  const kept = new Promise((done) => (resolve = done));
  return { kept, resolve };
}
