// Starts the project's own binary, as a person would: one command, one URL.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = 60_000;

/**
 * A running local cloud with a folder of its own: `{ url, folder, own, command, register, stop }`. It has the settings of `.env` and those
 * given, and no others, neither those of `.env.local` nor of the environment: `own.env` is all that it sees. `command` runs `latchkey …`
 * beside it, and `register` takes what `client import` reads. `options` are of the command line.
 */
export async function start(settings = {}, options = []) {
  const binary = process.env.LATCHKEY_BIN;
  if (!binary) throw new Error('LATCHKEY_BIN must name the binary: bin/test sets it');
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-'));
  await copyFile(join(ROOT, '.env'), join(folder, '.env'));
  const own = { cwd: folder, env: { PATH: process.env.PATH, ...settings } };
  const home = ['--home', join(folder, 'home')];
  const child = spawn(resolve(binary), ['--port', '0', ...home, ...options], { ...own, stdio: ['ignore', 'pipe', 'pipe'] });
  const command = async (...words) => (await promisify(execFile)(resolve(binary), [...home, ...words], own)).stdout;
  const register = async (clients) => {
    const file = join(folder, 'clients.json');
    await writeFile(file, JSON.stringify(clients));
    await command('client', 'import', file);
  };
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await announced(child), folder, own, command, register, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends the process as Ctrl-C does, and by force if that takes too long. */
export async function end(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  child.kill('SIGINT');
  await gone;
  clearTimeout(force);
}

/** The URL that the process prints, or an error with all it said. */
function announced(child) {
  return new Promise((found, reject) => {
    let said = '';
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`${why}; it said:\n${said}`));
    };
    const timer = setTimeout(() => fail(`no URL after ${PATIENCE} ms`), PATIENCE);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => fail(`latchkey ended with ${code ?? signal}`));
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = said.match(/https?:\/\/localhost:\d+(?=\s|\/)/);
      if (url) {
        clearTimeout(timer);
        found(url[0]);
      }
    });
  });
}
