// `latchkey login`, `token` and `logout`: a person in a terminal, with a browser beside it or on another machine.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { start } from './latchkey.mjs';
import { Person } from './person.mjs';

let latchkey;

before(async () => {
  latchkey = await start();
});
after(() => latchkey?.stop());

const home = () => join(latchkey.folder, 'home');
const logins = () => join(home(), 'logins.json');
const own = async () => JSON.parse(await readFile(logins(), 'utf8'))[`latchkey-cli ${latchkey.url}`];

/** What `latchkey token` prints; or what it says, if it refuses. */
async function token(...flags) {
  try {
    return await latchkey.command('token', ...flags);
  } catch (error) {
    assert.deepEqual([error.code, error.stdout], [1, '']);
    return error.stderr;
  }
}

/** Starts `latchkey login`: `{ said, ended }`, where `said` waits until it has printed this. */
function login(flags = [], env = {}) {
  const words = ['--home', home(), 'login', ...flags];
  const child = spawn(resolve(process.env.LATCHKEY_BIN), words, { cwd: latchkey.folder, env: { ...latchkey.own.env, ...env } });
  let printed = '';
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
      wake();
    });
  const closed = once(child, 'close').then(([code]) => {
    wake();
    return { code, printed };
  });
  const said = async (expression) => {
    for (;;) {
      const found = printed.match(expression);
      if (found) return found[1];
      if (child.exitCode !== null) assert.fail(`it ended and did not say ${expression}: ${printed}`);
      await new Promise((resume) => (wake = resume));
    }
  };
  return { said, ended: () => closed };
}

/** The whole way with a browser on this machine. */
async function signIn(...flags) {
  const terminal = login(flags);
  const { url } = await new Person(latchkey.url).follow(await terminal.said(/^ {2}(http\S+)\n/m));
  const page = await fetch(url);
  assert.equal(page.status, 200, await page.text());
  const { code, printed } = await terminal.ended();
  assert.equal(code, 0, printed);
  return printed;
}

/** Runs what a shell would put in place of `$(…)`, and asks with it what curl would ask. */
async function curl(printed) {
  const [, command, url] = printed.match(/curl -H "Authorization: Bearer \$\((.*)\)" (\S+)$/m);
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], latchkey.own);
  assert.equal(stderr, '');
  assert.match(stdout, /^\S+\n$/, 'the token alone');
  return fetch(url, { headers: { authorization: `Bearer ${stdout.trim()}` } });
}

describe('latchkey login', () => {
  it('signs in with a browser here, and ends by a line that works', async () => {
    const answer = await curl(await signIn());
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).name, 'Ada Lovelace');
    assert.equal((await stat(logins())).mode & 0o777, 0o600);
  });

  it('gets tokens for the API of latchkey where it asks for that', async () => {
    const printed = await signIn('--audience', latchkey.url, '--scope', 'users:read');
    const answer = await curl(printed);
    assert.match(answer.url, /\/users\/me$/);
    assert.equal((await answer.json()).email, 'ada@example.com');
    const users = await fetch(`${latchkey.url}/users`, { headers: { authorization: `Bearer ${(await token()).trim()}` } });
    assert.equal(users.status, 200);
    const less = (await token('--scope', 'openid')).trim();
    assert.equal((await fetch(`${latchkey.url}/users`, { headers: { authorization: `Bearer ${less}` } })).status, 403);
    assert.match(await token('--scope', 'users:write'), /more than was granted.*sign in with: .*latchkey login/);
    assert.match(await token('--audience', 'https://other.example.com'), /name every --scope and --audience/);
  });

  it('takes the answer that is its own, and no other', async () => {
    const terminal = login();
    const asked = new URL(await terminal.said(/^ {2}(http\S+)\n/m));
    const at = (parameters) => fetch(`${asked.searchParams.get('redirect_uri')}?${new URLSearchParams(parameters)}`);
    const state = asked.searchParams.get('state');
    for (const wrong of [
      { code: 'x', iss: latchkey.url },
      { code: 'x', iss: latchkey.url, state: 'guessed' },
      { code: 'x', state },
      { code: 'x', iss: 'https://evil.example', state },
    ])
      assert.equal((await at(wrong)).status, 400);
    const person = new Person(latchkey.url);
    const { url } = await person.follow(asked);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await terminal.ended()).code, 0);
  });

  it('says so when the person says no', async () => {
    const terminal = login();
    const asked = new URL(await terminal.said(/^ {2}(http\S+)\n/m));
    const denied = new URLSearchParams({ error: 'access_denied', iss: latchkey.url, state: asked.searchParams.get('state') });
    await fetch(`${asked.searchParams.get('redirect_uri')}?${denied}`);
    const { code, printed } = await terminal.ended();
    assert.equal(code, 1);
    assert.match(printed, /access_denied/);
  });

  it('says how to register a client that latchkey does not know', async () => {
    const { code, printed } = await login(['--client-id', 'nobody', '--issuer', latchkey.url]).ended();
    assert.equal(code, 1);
    const [line] = printed.match(/client add native .*$/m);
    assert.doesNotMatch(printed, /^ {2}http/m, 'nobody is sent to an error page');
    await promisify(execFile)('sh', ['-c', `${resolve(process.env.LATCHKEY_BIN)} --home ${home()} ${line}`], latchkey.own);
    const terminal = login(['--client-id', 'nobody', '--issuer', latchkey.url]);
    const { url } = await new Person(latchkey.url).follow(await terminal.said(/^ {2}(http\S+)\n/m));
    await fetch(url);
    const { printed: done } = await terminal.ended();
    assert.match(done, /token --issuer \S+ --client-id nobody /);
    assert.equal((await curl(done)).status, 200);
  });

  it('says what is wrong with an address that is no latchkey', async () => {
    const { code, printed } = await login(['--issuer', 'http://localhost:1']).ended();
    assert.equal(code, 1);
    assert.match(printed, /http:\/\/localhost:1 is no latchkey that answers/);
  });

  for (const [how, flags, env] of [
    ['where that is asked for', ['--device'], {}],
    ['over SSH', [], { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' }],
  ])
    it(`signs in with a browser on another machine, ${how}`, async () => {
      const terminal = login(flags, env);
      const address = await terminal.said(/^ {2}(http\S+)\n/m);
      const code = await terminal.said(/^ {2}([A-Z]{4}-[A-Z]{4})\n/m);
      assert.equal(new URL(address).searchParams.get('user_code'), code);
      const pages = await new Person(latchkey.url).connect(address);
      assert.match(pages.at(-2), /latchkey command line/);
      assert.match(pages.at(-1), /Your device is connected/);
      const { code: ended, printed } = await terminal.ended();
      assert.equal(ended, 0, printed);
      assert.equal((await curl(printed)).status, 200);
    });
});

describe('latchkey login --stack', () => {
  it('signs in where the output of the stack says that it is, and says how to go on there', async () => {
    // The local cloud stands for the stack, and a script for the AWS CLI.
    const folder = join(latchkey.folder, 'cli');
    await mkdir(folder);
    const script = `#!/bin/sh\ncase "$*" in *'--stack-name shop-stack '*) echo '[["${latchkey.url}"], []]';; *) echo "Stack with id $4 does not exist" >&2; exit 254;; esac\n`;
    await writeFile(join(folder, 'aws'), script, { mode: 0o700 });
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const terminal = login(['--stack', 'shop-stack'], env);
    const { url } = await new Person(latchkey.url).follow(await terminal.said(/^ {2}(http\S+)\n/m));
    await fetch(url);
    const { code, printed } = await terminal.ended();
    assert.equal(code, 0, printed);
    assert.match(printed, /token --stack shop-stack /);
    const { code: none, printed: said } = await login(['--stack', 'other-stack'], env).ended();
    assert.equal(none, 1);
    assert.match(said, /the stack other-stack cannot be read: Stack with id other-stack does not exist/);
  });
});

describe('latchkey logout', () => {
  before(() => rm(logins(), { force: true }));

  it('revokes what login got and forgets it, and says so where there is nothing', async () => {
    await signIn();
    const access = (await token()).trim();
    const { refresh_token, token_endpoint } = await own();
    const userinfo = () => fetch(`${latchkey.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${access}` } });
    assert.equal((await userinfo()).status, 200);
    assert.match(await latchkey.command('logout'), /^You are signed out at /);
    assert.equal((await userinfo()).status, 401);
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'latchkey-cli', refresh_token });
    assert.equal((await fetch(token_endpoint, { method: 'POST', body: form })).status, 400);
    await assert.rejects(stat(logins()), { code: 'ENOENT' });
    assert.match(await token(), /nobody is signed in at /);
    assert.match(await latchkey.command('logout'), /^Nobody is signed in at \S+: there is nothing to end\./);
  });

  it('forgets nothing that it could not revoke', async () => {
    await signIn();
    const all = JSON.parse(await readFile(logins(), 'utf8'));
    all['latchkey-cli http://localhost:1'] = all[`latchkey-cli ${latchkey.url}`];
    await writeFile(logins(), JSON.stringify(all));
    await assert.rejects(latchkey.command('logout', '--issuer', 'http://localhost:1'), /is no latchkey that answers/);
    assert.ok(JSON.parse(await readFile(logins(), 'utf8'))['latchkey-cli http://localhost:1']);
    await latchkey.command('logout');
    assert.deepEqual(Object.keys(JSON.parse(await readFile(logins(), 'utf8'))), ['latchkey-cli http://localhost:1']);
  });
});

describe('latchkey token', () => {
  it('renews when that is due, and terminals that ask at once do not fight', async () => {
    await signIn();
    const first = await token();
    assert.equal(await token(), first, 'good for a while');
    const forget = async () => {
      const all = JSON.parse(await readFile(logins(), 'utf8'));
      for (const kept of Object.values(all)) kept.tokens = [];
      await writeFile(logins(), JSON.stringify(all));
    };
    await forget();
    const before = (await own()).refresh_token;
    const printed = await Promise.all(Array.from({ length: 8 }, () => token()));
    assert.equal(new Set(printed).size, 1, 'one renews, and the others have what it got');
    assert.notEqual(printed[0], first);
    const after = (await own()).refresh_token;
    assert.notEqual(after, before);
    await forget();
    assert.match(await token(), /^\S+\n$/);
    assert.equal((await stat(logins())).mode & 0o777, 0o600);
  });

  it('says when to sign in again', async () => {
    await signIn();
    const { refresh_token, token_endpoint } = await own();
    const form = new URLSearchParams({ client_id: 'latchkey-cli', token: refresh_token });
    await fetch(token_endpoint.replace('/token', '/revoke'), { method: 'POST', body: form });
    const all = JSON.parse(await readFile(logins(), 'utf8'));
    all[`latchkey-cli ${latchkey.url}`].tokens = [];
    await writeFile(logins(), JSON.stringify(all));
    assert.match(await token(), /^latchkey: the sign-in at \S+ has ended: sign in with: \S+ login/);
    assert.match(await token(), /^latchkey: nobody is signed in at /);
    assert.doesNotMatch(await token(), new RegExp(refresh_token));
  });
});
