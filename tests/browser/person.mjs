// A person with a browser, as far as redirects and cookies go: for tests of what programs see, where no page needs a script.

/** A browser with an empty jar of cookies. */
export class Person {
  #jar = new Map();

  constructor(latchkey, name = 'ada') {
    this.latchkey = latchkey;
    this.name = name;
  }

  /** One request, without following where it leads. */
  async fetch(url, { method = 'GET', form } = {}) {
    const headers = { accept: 'text/html', 'sec-fetch-site': form ? 'same-origin' : 'none', 'sec-fetch-mode': 'navigate' };
    const cookies = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookies) headers.cookie = cookies;
    const body = form && new URLSearchParams(form);
    const answer = await fetch(url, { method: form ? 'POST' : method, headers, body, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = cookie.split(/;\s*/);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
    return answer;
  }

  /**
   * Goes where `url` leads, signs in where the stand-in asks who is there, and agrees where latchkey asks, until it would leave
   * latchkey: returns that address, with the pages on the way in `pages`.
   */
  async follow(url) {
    const pages = [];
    for (let steps = 0; steps < 20; steps++) {
      const answer = await this.fetch(url);
      const location = answer.headers.get('location');
      if (location) {
        url = new URL(location, url);
        if (url.origin !== new URL(this.latchkey).origin) return { url, pages };
        continue;
      }
      const html = await answer.text();
      pages.push({ url: String(url), status: answer.status, html });
      const next = await this.#press(url, html);
      if (!next) return { url: new URL(url), pages, html };
      url = next;
      if (url.origin !== new URL(this.latchkey).origin) return { url, pages };
    }
    throw new Error(`too many steps: ${url}`);
  }

  /** Lets a device have what it asks for, at the address that it shows: the pages on the way. */
  async connect(address) {
    const pages = [];
    let url = new URL(address);
    for (let steps = 0; pages.length === 0; steps++) {
      if (steps === 20) throw new Error(`too many steps: ${url}`);
      const answer = await this.fetch(url);
      const location = answer.headers.get('location');
      if (location) url = new URL(location, url);
      else if (url.pathname === '/device') pages.push(await answer.text());
      else url = await this.#press(url, await answer.text());
    }
    for (const more of [[], [['decision', 'allow']]]) {
      const form = pages.at(-1).match(/<form[^>]*>[\s\S]*?<\/form>/)[0];
      const fields = [...form.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? '']);
      const answer = await this.fetch(new URL(attribute(form, 'action'), url), { form: [...fields, ...more] });
      pages.push(await answer.text());
    }
    return pages;
  }

  /** Presses the button that goes on: the person at the stand-in, the consent, the only provider. */
  async #press(url, html) {
    const link = html.match(/<a class="button" href="([^"]*\/users\/login[^"]*)"/)?.[1];
    if (link) return new URL(unescape(link), url);
    const form = html.match(/<form[^>]*method="post"[^>]*>[\s\S]*?<\/form>/i)?.[0];
    if (!form) return undefined;
    const action = new URL(unescape(form.match(/action="([^"]*)"/)?.[1] ?? ''), url);
    const fields = [...form.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? '']);
    const buttons = [...form.matchAll(/<button[^>]*>/g)].map(([button]) => [attribute(button, 'name'), attribute(button, 'value')]);
    const button = buttons.find(([name, value]) => name === 'person' && value === this.name) ?? buttons[0];
    const sent = [...fields, ...(button ? [button] : [])].filter(([name]) => name);
    const answer = await this.fetch(action, { form: sent });
    const location = answer.headers.get('location');
    if (!location) throw new Error(`${action} answered ${answer.status}: ${await answer.text()}`);
    return new URL(location, action);
  }
}

const attribute = (tag, name) => {
  const value = tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
  return value && unescape(value);
};

const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
