// Cookies as browsers keep and send them at http://localhost: those of other servers there, Safari's choice, and none at all.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { heading, signIn, signOut } from './pages.mjs';
import { answered, startOther, startProxy } from './proxy.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, picture, withPage } from './watch.mjs';

scene({ PROVIDERS: 'google,apple', STAND_IN_LIKE: 'apple' });

const ada = (page) => page.getByRole('button', { name: 'Ada Lovelace' });

async function begin(page, provider = 'Google', url = latchkey.url) {
  await page.goto(url);
  await signIn(page, provider).click();
  await heading(page, `Stand-in for ${provider}`).waitFor();
}

async function signInAs(page, provider) {
  await begin(page, provider);
  await ada(page).click();
  await heading(page, 'Ada Lovelace').waitFor();
}

/** Opens the page again, as a person who comes back later. */
async function isSignedIn(page) {
  await page.goto(latchkey.url);
  await heading(page, 'Ada Lovelace').waitFor();
  // The page's own script asks for a token: by a POST, with all cookies.
  assert.equal(await page.evaluate(async () => (await fetch('/users/token', { method: 'POST' })).status), 200);
}

/** Runs `test` with a page behind a proxy that changes answers. */
async function withProxy(change, test) {
  const proxy = await startProxy(change);
  try {
    await withPage(browser, proxy.options, (page) => test(page, proxy.exchanges));
  } finally {
    await proxy.stop();
  }
}

/** Runs `test` with another server on this machine. */
async function withOther(cookies, html, test) {
  const other = await startOther(cookies, html);
  try {
    await test(other);
  } finally {
    await other.stop();
  }
}

describe('a cookie of another server on localhost hides none of ours', () => {
  // As they are sent; of those without a name there can be one at each path.
  const anywhere = [
    'a=größe',
    'größe=1',
    'b=👩🏽‍💻',
    'c=',
    'd="a',
    'e={"a": [1, 2]}',
    'f=a, b c',
    '$Version=1',
    'Latchkey-Session=x',
    'session=x',
  ];
  const nameless = { '/': '=x', '/users': 'half' };

  it('that was there before somebody signs in', () => {
    // #31
    const set = Object.entries(nameless).flatMap(([path, one]) => [one, ...anywhere].map((cookie) => `${cookie}; Path=${path}`));
    return withOther(set, undefined, (other) =>
      withPage(browser, {}, async (page) => {
        await page.goto(other.url);
        await page.goto(`${other.url}/users`);
        const kept = other.seen[1].split('; ');
        for (const cookie of [...anywhere, 'x', 'half']) assert.ok(kept.includes(cookie), `${cookie} in ${kept}`);
        await signInAs(page, 'Google');
        await isSignedIn(page);
      }),
    );
  });

  it('that comes while somebody signs in, or afterwards', () =>
    // #31
    withOther(['x=größe', '"=é'], undefined, (other) =>
      withPage(browser, {}, async (page) => {
        await begin(page);
        const provider = page.url();
        await page.goto(other.url);
        await page.goto(provider);
        await ada(page).click();
        await heading(page, 'Ada Lovelace').waitFor();
        await page.goto(other.url);
        await isSignedIn(page);
        assert.match(other.seen.at(-1), /latchkey-session=/, 'cookies do not know ports');
      }),
    ));

  it('that a script wrote', () =>
    // #31
    withOther([], undefined, (other) =>
      withPage(browser, {}, async (page) => {
        await page.goto(other.url);
        const written = await page.evaluate(() => {
          for (const cookie of ['ключ=значение', 'half', '=', 'theme={"dark": "größe"}', 'y=1=2==']) document.cookie = cookie;
          return document.cookie;
        });
        assert.match(written, /ключ=значение/);
        await signInAs(page, 'Google');
        await isSignedIn(page);
      }),
    ));
});

describe('at http://localhost', () => {
  /** Safari keeps no `Secure` cookie from there. */
  const safari = (headers) => headers.filter(([name, value]) => !isCookie(name) || !/;\s*secure\b/i.test(value));
  const isCookie = (name) => name.toLowerCase() === 'set-cookie';

  it('a browser that keeps no Secure cookie signs in and out', async () => {
    // #31
    for (const [provider, method] of [
      ['Google', 'GET'],
      ['Apple', 'POST'],
    ]) {
      await withProxy(safari, async (page, exchanges) => {
        await signInAs(page, provider);
        await isSignedIn(page);
        const callbacks = exchanges.filter(({ url }) => new URL(url).pathname.endsWith('/callback'));
        assert.deepEqual(callbacks.map((callback) => callback.method), [method]);
        await signOut(page).click();
        await heading(page, 'You are signed out').waitFor();
        const set = answered(exchanges, 'set-cookie');
        assert.ok(set.length >= 3, `a login's, a session's, and its end: ${set}`);
        for (const cookie of set) {
          assert.match(cookie, /^latchkey-(session|provider|login-.{9})=[^;]*; Path=\/; HttpOnly; Max-Age=\d+; SameSite=Lax$/);
        }
      });
    }
  });

  it('no script reads a cookie of ours', () =>
    withPage(browser, {}, async (page) => {
      // #31
      await signInAs(page, 'Google');
      assert.equal(await page.evaluate(() => document.cookie), '');
      const names = (await page.context().cookies()).map(({ name }) => name);
      assert.ok(names.includes('latchkey-session'), `${names}`);
    }));
});

describe('a callback without a cookie', () => {
  it('does not come from another name of this machine, which leads to ours', () =>
    withPage(browser, {}, async (page) => {
      // #31: each name has cookies of its own.
      await begin(page, 'Google', latchkey.url.replace('localhost', '127.0.0.1'));
      await ada(page).click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal(page.url(), `${latchkey.url}/`);
    }));

  it('in a browser that blocks cookies says which address and which setting to look at', () =>
    withProxy(
      (headers) => headers.filter(([name]) => name.toLowerCase() !== 'set-cookie'),
      async (page) => {
        // #31
        for (const [provider, ...sentences] of [
          ['Google', `Open ${latchkey.url} and no other name`, 'look whether the browser is set to block cookies'],
          ['Apple', `Open ${latchkey.url} and no other name`, 'look whether the browser is set to block cookies'],
        ]) {
          await begin(page, provider);
          const back = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith('/callback'));
          await ada(page).click();
          assert.equal((await back).status(), 400);
          for (const sentence of sentences) await page.getByText(sentence).waitFor();
          await picture(page, `no-cookie-${provider}`);
          await assertAccessible(page);
        }
      },
    ));
});

describe('signing out', () => {
  const noReferrer = (headers, url) =>
    new URL(url).pathname === '/'
      ? [...headers.filter(([name]) => name.toLowerCase() !== 'referrer-policy'), ['Referrer-Policy', 'no-referrer']]
      : headers;

  it('works under a no-referrer policy, where the form says Origin: null', () =>
    withProxy(noReferrer, async (page, exchanges) => {
      // #27, #28, #34
      await signInAs(page, 'Google');
      const kept = await page.context().cookies();
      await signOut(page).click();
      await heading(page, 'You are signed out').waitFor();
      const { method, headers, status } = exchanges.find(({ url }) => url === `${latchkey.url}/users/logout`);
      assert.deepEqual(
        [method, headers.origin, headers['sec-fetch-site'], status],
        ['POST', 'null', 'same-origin', 303],
      );
      const names = async () => (await page.context().cookies()).map(({ name }) => name);
      assert.ok(!(await names()).includes('latchkey-session'));
      // The session is over on the server too.
      await page.context().addCookies(kept);
      assert.ok((await names()).includes('latchkey-session'));
      await page.goto(latchkey.url);
      await signIn(page, 'Google').waitFor();
    }));

  it('is not done by a page of another server on localhost', async () => {
    // #27, #28: cookies do not know ports, so ours comes along.
    for (const policy of ['no-referrer', 'unsafe-url']) {
      await withOther([], evil(policy), (other) =>
        withPage(browser, {}, async (page) => {
          await signInAs(page, 'Google');
          await page.goto(other.url);
          const asked = page.waitForRequest(`${latchkey.url}/users/logout`);
          await page.getByRole('button', { name: 'Win' }).click();
          const request = await asked;
          assert.equal((await request.response()).status(), 403, policy);
          const headers = await request.allHeaders();
          assert.equal(headers['sec-fetch-site'], 'same-site');
          assert.equal(headers.origin, policy === 'no-referrer' ? 'null' : other.url);
          assert.match(headers.cookie, /latchkey-session=/);
          await isSignedIn(page);
        }),
      );
    }
  });

  const evil = (policy) =>
    `<!doctype html><title>Other</title><meta name="referrer" content="${policy}"><link rel="icon" href="data:,">
     <form method="post" action="${latchkey.url}/users/logout"><button>Win</button></form>`;
});
