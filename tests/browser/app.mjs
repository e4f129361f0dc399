// An app on this machine, of another site than latchkey's.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** The code verifier of every request here. */
export const VERIFIER = 'v'.repeat(43);

/** Where an app sends its people. */
export function authorization(latchkey, client, redirectUri, more = {}) {
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return `${latchkey.url}/oauth/authorize?${query}`;
}

/**
 * `{ url, callback, seen, stop }`. `seen` holds what came to the callback, which also tells the page that opened its window, if there
 * is one.
 */
export async function startApp(host = '127.0.0.1') {
  const seen = [];
  const tell = 'opener?.postMessage(location.search + document.body.dataset.form, location.origin)';
  const server = createServer(async (incoming, outgoing) => {
    let form = '';
    for await (const part of incoming) form += part;
    const { method, url, headers } = incoming;
    const isBack = url.startsWith('/cb');
    if (isBack) seen.push({ method, url, body: form, origin: headers.origin });
    outgoing.writeHead(200, { 'Content-Type': 'text/html' });
    const head = '<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">';
    outgoing.end(isBack ? `${head}<body data-form="${form}"><h1>Back in the app</h1><script>${tell}</script>` : `${head}<h1>App</h1>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const url = `http://${host}:${server.address().port}`;
  return { url, callback: `${url}/cb`, seen, stop };
}
