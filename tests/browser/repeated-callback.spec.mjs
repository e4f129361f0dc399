// More than one answer to one login, who is a browser, and which account: in a real browser, against the binary as it is.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { start } from './latchkey.mjs';
import { heading, person, signIn, signOut } from './pages.mjs';
import { startSlowProvider } from './provider.mjs';
import { browser, latchkey, scene } from './scene.mjs';
import { assertAccessible, picture, withPage } from './watch.mjs';

scene();

const again = (page) => page.getByRole('link', { name: 'Start again' });

/** Goes to the provider, and to `place` afterwards. */
async function begin(page, place = '/') {
  await page.goto(`${latchkey.url}/users/login?return_to=${encodeURIComponent(place)}`);
  await heading(page, 'Stand-in for Google').waitFor();
}

/** Lets somebody agree, and gives the address that the provider sends the browser to. */
async function agree(page, who = 'ada') {
  const answer = await page.request.post(page.url(), { form: { person: who }, maxRedirects: 0 });
  return answer.headers().location;
}

/** Names and values of the session's cookie, whatever it is called here. */
async function sessions(page) {
  const cookies = await page.context().cookies();
  return cookies.filter(({ name }) => name.endsWith('-session')).map(({ name, value }) => `${name}=${value}`);
}

/** Follows the address in the browser, which gives the request up as soon as the server has answered it: nothing of that arrives. */
async function giveUp(page, address) {
  let answered;
  await page.route(
    (url) => url.href === address,
    async (route) => {
      const headers = await route.request().allHeaders();
      answered = await fetch(address, { headers, redirect: 'manual' });
      await route.abort('aborted');
    },
    { times: 1 },
  );
  await assert.rejects(page.goto(address));
  return answered;
}

describe('a double click at the consent page', () => {
  it('ends signed in', () =>
    withPage(browser, {}, async (page) => {
      // #9
      await begin(page);
      await person(page, 'Ada Lovelace').dblclick();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal((await sessions(page)).length, 1);
    }));

  it('ends signed in if the cookie of the first answer never arrived', () =>
    withPage(browser, {}, async (page) => {
      // #9, #33: it is the same session.
      await begin(page, '/?x=1');
      const address = await agree(page);
      const first = await giveUp(page, address);
      assert.equal(first.status, 303);
      assert.deepEqual(await sessions(page), []);
      await page.goto(address);
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal(page.url(), `${latchkey.url}/?x=1`);
      const set = first.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).filter((cookie) => cookie.includes('-session='));
      assert.deepEqual(await sessions(page), set);
    }));

  it('ends signed in while the first answer is still at work', () =>
    withPage(browser, {}, async (page) => {
      // #9
      await begin(page);
      const address = await agree(page);
      const headers = { cookie: await cookies(page), accept: 'text/html' };
      const [first] = await Promise.all([fetch(address, { headers, redirect: 'manual' }), page.goto(address)]);
      assert.equal(first.status, 303);
      await heading(page, 'Ada Lovelace').waitFor();
    }));
});

describe('a provider that takes its time', () => {
  let provider;
  let own;

  before(async () => {
    provider = await startSlowProvider();
    own = await start(provider.settings);
  });

  after(async () => {
    await own?.stop();
    await provider?.stop();
  });

  it('makes a person who clicks twice wait, and reload', () =>
    withPage(browser, {}, async (page) => {
      // #9, #12
      const first = await page.context().newPage();
      const navigation = first.goto(`${own.url}/users/login?return_to=/%3Fx=4`).catch(() => {});
      const address = await provider.asked;
      // The browser gives the first request up, and sends the second.
      await first.close();
      await navigation;
      assert.equal((await page.goto(address)).status(), 202);
      // Later it would be too late for the first answer, whatever the page takes to be looked at.
      provider.release();
      await heading(page, 'One moment').waitFor();
      await assertAccessible(page);
      await picture(page, 'one-moment');
      const reload = page.getByRole('link', { name: 'Reload' });
      assert.doesNotMatch(await reload.getAttribute('href'), /code=/);
      await reload.click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal(page.url(), `${own.url}/?x=4`);
    }));
});

describe('going back after a sign-in', () => {
  it('to our address or to the provider leads to the same session', () =>
    withPage(browser, {}, async (page) => {
      // #9
      await begin(page);
      const provider = page.url();
      const address = await agree(page);
      await page.goto(address);
      await heading(page, 'Ada Lovelace').waitFor();
      const session = await sessions(page);
      await page.goto(address);
      await heading(page, 'Ada Lovelace').waitFor();
      // The provider sends another code for the same state, and here even another person: the login is over.
      await page.goto(provider);
      await person(page, 'Grace Hopper').click();
      await heading(page, 'Ada Lovelace').waitFor();
      await page.goto(provider);
      await person(page, 'Refuse').click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.deepEqual(await sessions(page), session);
    }));

  it('leads nowhere once somebody has signed out', () =>
    withPage(browser, {}, async (page) => {
      // #34
      await begin(page, '/?x=2');
      const address = await agree(page);
      await page.goto(address);
      await signOut(page).click();
      await signIn(page).waitFor();
      assert.equal((await page.goto(address)).status(), 400);
      await page.getByText('has ended').waitFor();
      await assertAccessible(page);
      assert.deepEqual(await sessions(page), []);
      // Starting again keeps the way back.
      await again(page).click();
      await person(page, 'Ada Lovelace').click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal(page.url(), `${latchkey.url}/?x=2`);
    }));

  it('does nothing in another browser', () =>
    withPage(browser, {}, (thief) =>
      withPage(browser, {}, async (page) => {
        // #25
        await begin(page);
        const address = await agree(page);
        await page.goto(address);
        assert.equal((await thief.goto(address)).status(), 400);
        await thief.getByText('not started in this browser').waitFor();
        assert.deepEqual(await sessions(thief), []);
        await assertAccessible(thief);
      }),
    ));
});

describe('a browser', () => {
  it('is known without Accept: text/html, and never shown a token', () =>
    withPage(browser, { extraHTTPHeaders: { accept: '*/*' } }, async (page) => {
      // #12
      await page.goto(`${latchkey.url}/users/login`);
      await person(page, 'Ada Lovelace').click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal((await sessions(page)).length, 1);
      assert.equal((await page.goto(`${latchkey.url}/users/login/google/callback?state=x`)).status(), 400);
      await again(page).waitFor();
    }));

  it('that a script starts a sign-in for ends signed in', () =>
    withPage(browser, {}, async (page) => {
      // #12
      await page.goto(latchkey.url);
      const started = await page.evaluate(async () => (await fetch('/users/login')).json());
      await page.goto(started.url);
      await person(page, 'Ada Lovelace').click();
      await heading(page, 'Ada Lovelace').waitFor();
    }));
});

describe('another account', () => {
  it('can be chosen after a sign-out', () =>
    withPage(browser, {}, async (page) => {
      // #5
      await begin(page);
      assert.ok(!page.url().includes('prompt='), page.url());
      await person(page, 'Ada Lovelace').click();
      await signOut(page).click();
      await heading(page, 'You are signed out').waitFor();
      await assertAccessible(page);
      await signIn(page).click();
      await heading(page, 'Stand-in for Google').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('prompt'), 'select_account');
      await person(page, 'Grace Hopper').click();
      await heading(page, 'Grace Hopper').waitFor();
    }));

  it('can be chosen after a refusal', () =>
    withPage(browser, {}, async (page) => {
      // #5
      await begin(page, '/?x=3');
      await person(page, 'Refuse').click();
      await again(page).click();
      await heading(page, 'Stand-in for Google').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('prompt'), 'select_account');
      await person(page, 'Ada Lovelace').click();
      await heading(page, 'Ada Lovelace').waitFor();
      assert.equal(page.url(), `${latchkey.url}/?x=3`);
    }));
});

/** What the browser would send as `Cookie`. */
async function cookies(page) {
  const all = await page.context().cookies(latchkey.url);
  return all.map(({ name, value }) => `${name}=${value}`).join('; ');
}
