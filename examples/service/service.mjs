// A program that acts for itself: it gets a token with its secret, and calls the API.
import * as oidc from 'openid-client';

const { API_URL, API_AUDIENCE, CLIENT_ID, CLIENT_SECRET, ISSUER } = process.env;
const local = ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, local);

let current;

/** One token serves until shortly before it expires; there is no refresh token. */
async function accessToken() {
  if (!current || current.until < Date.now()) {
    const tokens = await oidc.clientCredentialsGrant(config, { resource: API_AUDIENCE, scope: 'pets:read' });
    current = { token: tokens.access_token, until: Date.now() + (tokens.expiresIn() - 10) * 1000 };
  }
  return current.token;
}

for (const path of ['/whoami', '/pets']) {
  const answer = await fetch(`${API_URL}${path}`, { headers: { authorization: `Bearer ${await accessToken()}` } });
  console.log(path, answer.status, await answer.json());
}
