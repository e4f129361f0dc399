const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const button = (action, label) => `<form method="post" action="${action}"><button>${label}</button></form>`;

/** The one page: who is signed in, and what the API answered. */
export function page(person, answer) {
  const content = person
    ? `<p>Hello, ${escaped(person.name ?? person.sub)}</p>
       ${button('/call', 'Call the API')} ${button('/renew', 'Renew the tokens')} ${button('/sign-out', 'Sign out')}`
    : '<p>You are not signed in.</p> <a href="/sign-in">Sign in</a>';
  const shown = answer ? `<pre>${escaped(JSON.stringify(answer, null, 2))}</pre>` : '';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>An app on a server</title><link rel="icon" href="data:,">
    <h1>An app on a server</h1>${content}${shown}</html>`;
}
