// The examples, started as anyone would: by their one command, in a copy of the folder, beside a local cloud.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { end } from './latchkey.mjs';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../node_modules', import.meta.url));
const MADE = ['node_modules', '.local', '.venv'];
const PATIENCE = 60_000;

const given = new Set();

/**
 * A port for an example, which is registered before it listens. It is none of those that the system hands out by itself, to whoever
 * connects or listens meanwhile.
 */
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (given.has(port)) continue;
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    given.add(port);
    return port;
  }
}

/** The folder of examples beside a local cloud, as a clone has it, but with the packages that the tests have already. */
async function copied({ folder }) {
  const there = join(folder, 'examples');
  if (!existsSync(there)) {
    await cp(EXAMPLES, there, { recursive: true, filter: (path) => !MADE.includes(basename(path)) });
    await symlink(PACKAGES, join(there, 'node_modules'));
  }
  return there;
}

async function prepared(latchkey, more) {
  const command = join(await copied(latchkey), 'run');
  const own = { LATCHKEY_BIN: resolve(process.env.LATCHKEY_BIN), LATCHKEY_HOME: join(latchkey.folder, 'home') };
  return [command, { cwd: latchkey.folder, env: { ...latchkey.own.env, ...own, ...more } }];
}

/** Runs an example that ends by itself: what it printed. */
export async function runExample(latchkey, words, environment) {
  const [command, options] = await prepared(latchkey, environment);
  return (await promisify(execFile)(command, words, options)).stdout;
}

/** Starts an example: `{ said, until, ended, stop }`. `until` waits for a line, and `ended` for its end; both return what was printed. */
export async function startExample(latchkey, words, environment) {
  const [command, options] = await prepared(latchkey, environment);
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const listeners = new Set();
  const heard = (text) => {
    said += text;
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', heard);
  child.on('close', () => heard(''));
  const waiting = (found) =>
    new Promise((done, reject) => {
      const stop = (settle, value) => {
        clearTimeout(timer);
        listeners.delete(look);
        settle(value);
      };
      const fail = (why) => stop(reject, new Error(`${words.join(' ')}: ${why}; it said:\n${said}`));
      const timer = setTimeout(() => fail(`nothing after ${PATIENCE} ms`), PATIENCE);
      const look = () => {
        const value = found();
        if (value) stop(done, value);
        else if (child.exitCode !== null || child.signalCode !== null) fail(`it ended with ${child.exitCode ?? child.signalCode}`);
      };
      listeners.add(look);
      look();
    });
  const until = (pattern) => waiting(() => said.match(pattern));
  const ended = () => waiting(() => child.exitCode === 0 && said);
  return { until, ended, stop: () => end(child) };
}
