// What is between the browser and the servers, and another server on this machine.

import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

/**
 * A proxy between a browser and the servers of this machine: `{ options, exchanges, stop }`. Pages of a context with these
 * options go through it. `change` may change an answer's headers, `[name, value]` each, before the browser sees them;
 * `exchanges` holds what the browser sent and what the server answered to it.
 */
export async function startProxy(change = (headers) => headers) {
  const exchanges = [];
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = send(url, { method, headers, setHost: false, agent: false }, (answer) => {
      const answered = pairs(answer.rawHeaders);
      exchanges.push({ method, url, headers, status: answer.statusCode, answered });
      outgoing.writeHead(answer.statusCode, change(answered, url).flat());
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const { url, stop } = await listening(server);
  // Browsers go to this machine without a proxy unless they are configured otherwise.
  return { options: { proxy: { server: url, bypass: '<-loopback>' } }, exchanges, stop };
}

/** What the answers that went through said under this header. */
export function answered(exchanges, name) {
  const all = exchanges.flatMap((exchange) => exchange.answered);
  return all.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

/**
 * Another server on `localhost`, of another project: `{ url, seen, stop }`. It sets these cookies, byte for byte,
 * and answers with this page; `seen` holds the cookies that came with each request, byte for byte.
 */
export async function startOther(cookies, page = '<!doctype html><title>Other</title><link rel="icon" href="data:,">') {
  const seen = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(bytes(incoming.headers.cookie ?? ''));
    outgoing.writeHead(200, [
      ['Content-Type', 'text/html; charset=utf-8'],
      ...cookies.map((cookie) => ['Set-Cookie', Buffer.from(cookie).toString('latin1')]),
    ].flat());
    outgoing.end(page);
  });
  const { port, stop } = await listening(server);
  return { url: `http://localhost:${port}`, seen, stop };
}

async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, port, stop };
}

/** Node gives each byte of a header as one character. */
const bytes = (text) => Buffer.from(text, 'latin1').toString('utf8');

/** Name and value of each header, from a list in which they take turns. */
function pairs(raw) {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]]] : []));
}
