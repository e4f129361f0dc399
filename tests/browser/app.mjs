// An app on this machine, of another site than latchkey's.

import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * `{ url, callback, stop }`. The callback tells the page that opened its window what came, if there is one.
 */
export async function startApp() {
  const tell = 'opener?.postMessage(location.search + document.body.dataset.form, location.origin)';
  const server = createServer(async (incoming, outgoing) => {
    let form = '';
    for await (const part of incoming) form += part;
    outgoing.writeHead(200, { 'Content-Type': 'text/html' });
    const head = '<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">';
    const isBack = incoming.url.startsWith('/cb');
    outgoing.end(isBack ? `${head}<body data-form="${form}"><h1>Back in the app</h1><script>${tell}</script>` : `${head}<h1>App</h1>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, callback: `${url}/cb`, stop };
}
