// Any web server does: it only hands out files. The settings are no secret; a build step would put them into the app.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const { API_URL, API_AUDIENCE, CLIENT_ID, ISSUER, PORT } = process.env;
const settings = Object.entries({ API_URL, API_AUDIENCE, CLIENT_ID, ISSUER })
  .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
  .join('\n');
const here = (name) => readFile(new URL(name, import.meta.url));
const library = new URL('dist/browser/oidc-client-ts.min.js', import.meta.resolve('oidc-client-ts/package.json'));
const files = {
  '/': ['text/html', () => here('index.html')],
  '/app.js': ['text/javascript', () => here('app.js')],
  '/settings.js': ['text/javascript', () => settings],
  '/oidc-client-ts.js': ['text/javascript', () => readFile(library)],
};

createServer(async (request, response) => {
  const [type, content] = files[new URL(request.url, 'http://localhost').pathname] ?? ['text/plain'];
  response.writeHead(content ? 200 : 404, { 'content-type': `${type}; charset=utf-8` });
  response.end(content ? await content() : 'not found');
}).listen(PORT, '127.0.0.1', () => console.log(`The app is at http://localhost:${PORT}/`));
