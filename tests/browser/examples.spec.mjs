// The examples of docs/apps.md, each started by its one command.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { add } from './clients.mjs';
import { freePort, runExample, startExample } from './examples.mjs';
import { start } from './latchkey.mjs';
import { heading, person } from './pages.mjs';
import { Person } from './person.mjs';
import { launch, withPage } from './watch.mjs';

const ROOT = new URL('../../', import.meta.url);
const json = async (path) => JSON.parse(await readFile(new URL(path, ROOT), 'utf8'));

let latchkey;
let browser;
let api;
let ports;
let environment;

before(async () => {
  ports = {};
  for (const name of ['api', 'spa', 'web', 'service-without-secret']) ports[name] = String(await freePort());
  latchkey = await start({ CORS_ORIGINS: `http://localhost:${ports.spa}` });
  environment = { API_URL: `http://localhost:${ports.api}` };
  [api, browser] = await Promise.all([listening('api'), launch()]);
});

after(async () => {
  await api?.stop();
  await browser?.close();
  await latchkey?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });
const text = (page, content) => page.getByText(content, { exact: false });

/** An example that listens, once it does. */
async function listening(...words) {
  const example = await startExample(latchkey, words, { ...environment, EXAMPLE_PORT: ports[words[0]] });
  await example.until(/ is at http:/);
  return example;
}

/** Runs `test` on the page of an example that is an app, and ends it. */
async function inBrowser(name, test) {
  const example = await listening(name);
  try {
    await withPage(browser, {}, async (page) => {
      await page.goto(`http://localhost:${ports[name]}/`);
      await text(page, 'You are not signed in.').waitFor();
      await page.getByText('Sign in', { exact: true }).click();
      await person(page, 'Ada Lovelace').click();
      await button(page, 'Continue as Ada Lovelace').click();
      await text(page, 'Hello, Ada Lovelace').waitFor();
      await test(page);
    });
  } finally {
    await example.stop();
  }
}

/** The page shows that the API has accepted the token, for whom and for which client. */
async function apiAnswers(page) {
  await button(page, 'Call the API').click();
  await text(page, '"client_id"').waitFor();
  const { sub, client_id, scope } = JSON.parse(await page.locator('pre').textContent());
  assert.ok(sub && sub !== client_id);
  assert.ok(scope.split(' ').includes('openid'));
}

const signOut = async (page, name) => {
  await button(page, 'Sign out').click();
  await text(page, 'You are not signed in.').waitFor();
  assert.equal(new URL(page.url()).port, ports[name]);
};

const renewal = (client_id, refresh_token) =>
  fetch(`${latchkey.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token }),
  });

/** What an example keeps of its client. */
async function registered(name) {
  const file = join(latchkey.folder, 'examples', name, '.local', 'client');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  return Object.fromEntries([...(await readFile(file, 'utf8')).matchAll(/^(CLIENT_\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
}

it('an app in the browser signs in, calls its API, renews by a refresh token, and signs out', () =>
  inBrowser('spa', async (page) => {
    const tokens = () => page.evaluate(() => JSON.parse(Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'))[1]));
    await apiAnswers(page);
    const first = await tokens();
    const renewed = page.waitForResponse((response) => response.url().endsWith('/oauth/token'));
    await button(page, 'Renew the tokens').click();
    await (await renewed).finished();
    await page.waitForFunction(
      (old) => Object.entries(sessionStorage).some(([name, value]) => name.startsWith('oidc.user:') && JSON.parse(value).refresh_token !== old),
      first.refresh_token,
    );
    const second = await tokens();
    assert.notEqual(second.access_token, first.access_token);
    await apiAnswers(page);
    await signOut(page, 'spa');
    // The grant of a browser's app ends with the session.
    const answer = await renewal((await registered('spa')).CLIENT_ID, second.refresh_token);
    assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_grant']);
  }));

it('a server keeps the tokens of its sessions to itself, renews them, and ends them', () =>
  inBrowser('web', async (page) => {
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'web-session');
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Lax']);
    await apiAnswers(page);
    await button(page, 'Renew the tokens').click();
    await page.waitForURL('**/');
    await text(page, 'Hello, Ada Lovelace').waitFor();
    await apiAnswers(page);
    await signOut(page, 'web');
    const { CLIENT_ID, CLIENT_SECRET } = await registered('web');
    assert.ok(CLIENT_SECRET.length >= 32);
    // Nobody is signed in at latchkey either: it would ask who is there.
    await page.getByText('Sign in', { exact: true }).click();
    await person(page, 'Ada Lovelace').waitFor();
    assert.ok(page.url().includes('/stand-in/'), CLIENT_ID);
  }));

it('a server is told that the session has ended at latchkey, and believes nobody else', () =>
  inBrowser('web', async (page) => {
    const home = page.url();
    const forged = await fetch(`${home}backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: 'e30.e30.e30' }) });
    assert.equal(forged.status, 400);
    await page.goto(home);
    await text(page, 'Hello, Ada Lovelace').waitFor();
    await page.goto(latchkey.url);
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByRole('link', { name: 'Continue with Google' }).waitFor();
    for (let tries = 0; tries < 50 && (await signedIn(page, home)); tries += 1) await delay(200);
    assert.equal(await signedIn(page, home), false);
  }));

async function signedIn(page, home) {
  await page.goto(home);
  return text(page, 'Hello, Ada Lovelace').isVisible();
}

it('a command-line tool signs a person in by the browser once, renews from then on, and signs out', async () => {
  const says = /The API says: \{[^}]*client_id: '(.+)'/;
  const tool = await startExample(latchkey, ['cli'], environment);
  const [, url] = await tool.until(/Sign in at (\S+)/);
  const { url: back } = await new Person(latchkey.url).follow(url);
  assert.equal((await fetch(back)).status, 200);
  assert.match(await tool.ended(), says);
  const [, client] = (await runExample(latchkey, ['cli'], environment)).match(says);
  assert.equal(client, (await registered('cli')).CLIENT_ID);
  assert.equal(await runExample(latchkey, ['cli', 'sign-out'], environment), 'You are signed out.\n');
  const again = await startExample(latchkey, ['cli'], environment);
  await again.until(/Sign in at/);
  await again.stop();
});

it('a command-line tool signs a person in by a code that they enter in a browser elsewhere, without scripts', async () => {
  await rm(join(latchkey.folder, 'examples/cli/.local/tokens.json'), { force: true });
  const tool = await startExample(latchkey, ['cli', '--device'], environment);
  try {
    const [, url, code] = await tool.until(/Open (\S+) and enter (\S+)/);
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(url);
      await person(page, 'Ada Lovelace').click();
      await page.getByLabel('Code').fill(code);
      await button(page, 'Continue').click();
      await button(page, 'Allow').click();
      await heading(page, 'Your device is connected').waitFor();
    });
    assert.match(await tool.ended(), /The API says: \{/);
    assert.match(await runExample(latchkey, ['cli', 'sign-out'], environment), /signed out/);
  } finally {
    await tool.stop();
  }
});

describe('a program that acts for itself', () => {
  for (const [name, secret] of [['service', true], ['service-with-key', false], ['service-without-secret', false]]) {
    it(`${name}: its token opens the API, and it is registered once`, async () => {
      const own = { ...environment, EXAMPLE_PORT: ports[name] };
      const first = await runExample(latchkey, [name], own);
      assert.match(first, /\/pets 200 \{ pets: \[ 'Rex', 'Tom' \] \}/);
      const listed = await latchkey.command('client', 'list');
      assert.equal(await runExample(latchkey, [name], own), first);
      assert.equal(await latchkey.command('client', 'list'), listed);
      assert.equal('CLIENT_SECRET' in (await registered(name)), secret);
    });
  }
});

describe('an API', () => {
  for (const library of ['jose', 'aws-jwt-verify']) {
    it(`verifies with ${library} what a token is, for whom, and what it allows`, async () => {
      const port = String(await freePort());
      const other = await startExample(latchkey, ['api', library], { EXAMPLE_PORT: port });
      try {
        await other.until(/ is at http:/);
        const at = { API_URL: `http://localhost:${port}` };
        assert.match(await runExample(latchkey, ['service'], at), /\/pets 200/);
        const ask = (path, token) => fetch(at.API_URL + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
        const { CLIENT_ID, CLIENT_SECRET } = await registered('service');
        const good = await tokenOf({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET }, 'pets:read');
        assert.equal((await ask('/pets', good)).status, 200);
        const [head, claims, signature] = good.split('.');
        const forged = btoa(atob(claims).replace('pets:read', 'pets:kill')).replaceAll('=', '');
        const bad = [`${head}.${forged}.${signature}`, `${head}.${claims}.${signature.slice(0, -8)}AAAAAAAA`, await tokenForAnother(), 'none'];
        for (const token of bad) {
          const refused = await ask('/whoami', token);
          assert.equal(refused.status, 401);
          assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
        }
        assert.equal((await ask('/pets')).headers.get('www-authenticate'), 'Bearer');
      } finally {
        await other.stop();
      }
    });
  }
});

/** A token for itself of a client with a secret. */
async function tokenOf({ client_id, client_secret }, scope, issuer = latchkey) {
  const answer = await fetch(`${issuer.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).access_token;
}

/** A token that is good, but for another API. */
async function tokenForAnother() {
  const other = ['--audience', 'https://other.example.com', '--scope', 'other:read'];
  await latchkey.register({ apis: [{ audience: other[1], scopes: [other[3]] }] });
  return tokenOf(await add(latchkey, 'service', 'Other', ...other), 'other:read');
}

it('an API with either library goes on accepting tokens while the signing key changes', async () => {
  const [old, young] = await Promise.all([newKeys(), newKeys()]);
  // The next key is published from the start, and signs fifteen seconds later: until then there must be a token of the old one.
  const next = Math.floor(Date.now() / 1000) + 15;
  for (const key of old) key.verifies_until = next + 7260;
  for (const key of young) key.signs_from = next;
  const rotating = await start({ SIGNING_KEYS: JSON.stringify({ keys: [...old, ...young] }) });
  const apis = [];
  try {
    await rotating.command('client', 'add', 'api', 'Pets', '--audience', 'https://pets.example.com', '--scope', 'pets:read');
    const job = await add(rotating, 'service', 'Job', '--audience', 'https://pets.example.com', '--scope', 'pets:read');
    const first = await tokenOf(job, 'pets:read', rotating);
    assert.ok(old.some((key) => key.kid === kid(first)), 'it took too long');
    for (const library of ['jose', 'aws-jwt-verify']) {
      const port = String(await freePort());
      apis.push({ port, example: await startExample(rotating, ['api', library], { EXAMPLE_PORT: port }) });
    }
    const statuses = async (token) => {
      const asked = apis.map(({ port }) => fetch(`http://localhost:${port}/pets`, { headers: { authorization: `Bearer ${token}` } }));
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    for (const { example } of apis) await example.until(/ is at http:/);
    assert.deepEqual(await statuses(first), [200, 200]);
    let second = first;
    while (kid(second) === kid(first)) {
      await delay(500);
      second = await tokenOf(job, 'pets:read', rotating);
    }
    assert.ok(Date.now() / 1000 >= next);
    assert.deepEqual(await statuses(second), [200, 200]);
    assert.deepEqual(await statuses(first), [200, 200]);
  } finally {
    for (const { example } of apis) await example.stop();
    await rotating.stop();
  }
});

const kid = (token) => JSON.parse(atob(token.split('.')[0])).kid;

/** Fresh private keys, as `latchkey keys new` prints them. */
async function newKeys() {
  const { stdout } = await promisify(execFile)(process.env.LATCHKEY_BIN, ['keys', 'new']);
  return JSON.parse(stdout).keys;
}

it('docs/apps.md shows the lines that run', async () => {
  const page = await readFile(new URL('docs/apps.md', ROOT), 'utf8');
  const parts = page.split(/^### /m).filter((part) => EXPLAINED.some((title) => part.startsWith(title)));
  assert.equal(parts.length, EXPLAINED.length);
  const names = await readdir(new URL('examples', ROOT), { recursive: true });
  const sources = names.filter((name) => /^[\w-]+\/[\w-]+\.(m?js|py|yaml)$/.test(name));
  const code = await Promise.all(sources.map((name) => readFile(new URL(`examples/${name}`, ROOT), 'utf8')));
  for (const part of parts) {
    for (const [, block] of part.matchAll(/^```(?:js|python|yaml)\n([\s\S]*?)^```/gm)) {
      const lines = block.trimEnd().split('\n').map((line) => line.trim());
      const shown = (source) => source.split('\n').map((line) => line.trim()).join('\n').includes(lines.join('\n'));
      assert.ok(code.some(shown), `no example has the lines of ${part.split('\n')[0]}:\n${block}`);
    }
  }
});

const EXPLAINED = [
  'An app in the browser',
  'A server with sessions',
  'A server in Python',
  'A command-line tool',
  'A service\n',
  'An API that verifies tokens',
  'An API behind the JWT authorizer of API Gateway',
];

it('says what to do where no latchkey runs', async () => {
  const nowhere = { LATCHKEY_HOME: join(latchkey.folder, 'nowhere') };
  const why = (error) => error.code === 1 && error.stderr === 'examples/run: latchkey does not run: start it with `cargo run`\n';
  await assert.rejects(runExample(latchkey, ['service'], nowhere), why);
  await assert.rejects(runExample(latchkey, ['nothing']), /there is no example "nothing": there are api/);
});

it('the packages of the examples are those of the tests, to the version and the digest', async () => {
  const [wanted, locked] = [await json('examples/package.json'), await json('examples/package-lock.json')];
  const tests = (await json('tests/package-lock.json')).packages;
  assert.deepEqual(locked.packages[''].dependencies, wanted.dependencies);
  for (const [name, { version, integrity }] of Object.entries(locked.packages).filter(([name]) => name)) {
    assert.deepEqual([name, tests[name]?.version, tests[name]?.integrity], [name, version, integrity]);
  }
});

it('no secret is in the folder of an example', async () => {
  const names = await readdir(new URL('examples', ROOT), { recursive: true });
  const made = /(^|\/)(\.local|\.venv|node_modules)(\/|$)/;
  for (const name of names.filter((name) => !made.test(name) && /\.\w+$/.test(name) && name !== 'package-lock.json')) {
    assert.doesNotMatch(await readFile(new URL(`examples/${name}`, ROOT), 'utf8'), /[\w-]{40,}/, name);
  }
});
