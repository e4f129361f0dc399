// An API. All that it knows of latchkey is the address, and it asks it nothing but its public keys.
import { createServer } from 'node:http';

const { API_AUDIENCE, ISSUER, PORT } = process.env;
// Pages of other origins may call it: they send a token, and browsers send no cookie along.
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' };

const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
const { verifier } = await import(`./${process.argv[2]}.mjs`);
const verify = verifier({ issuer: metadata.issuer, jwksUri: metadata.jwks_uri, audience: API_AUDIENCE });

/** What each route answers, and which scope it demands. */
const routes = {
  'GET /whoami': { answer: ({ sub, client_id, scope }) => ({ sub, client_id, scope }) },
  'GET /pets': { scope: 'pets:read', answer: () => ({ pets: ['Rex', 'Tom'] }) },
};

async function answer({ method, url, headers }) {
  if (method === 'OPTIONS') return { status: 204 };
  const route = routes[`${method} ${new URL(url, 'http://localhost').pathname}`];
  if (!route) return { status: 404, body: { error: 'not_found' } };
  const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (!token) return { status: 401, challenge: 'Bearer', body: { error: 'no access token' } };
  const claims = await verify(token).catch((error) => console.error('refused:', error.message));
  if (!claims) return refused(401, 'invalid_token');
  const given = (claims.scope ?? '').split(' ');
  if (route.scope && !given.includes(route.scope)) return refused(403, 'insufficient_scope', `, scope="${route.scope}"`);
  return { status: 200, body: route.answer(claims) };
}

/** RFC 6750 §3.1 */
const refused = (status, error, more = '') => ({ status, challenge: `Bearer error="${error}"${more}`, body: { error } });

createServer(async (request, response) => {
  const { status, challenge, body } = await answer(request);
  response.writeHead(status, { ...CORS, 'content-type': 'application/json', ...(challenge && { 'www-authenticate': challenge }) });
  response.end(body && JSON.stringify(body));
}).listen(PORT, '127.0.0.1', () => console.log(`The API is at http://localhost:${PORT}/`));
