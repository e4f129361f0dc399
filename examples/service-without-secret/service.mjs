// A program that acts for itself and holds no secret: its platform gives it a token that says who it is. It calls the API.
import { readFile } from 'node:fs/promises';

import * as oidc from 'openid-client';

const { API_AUDIENCE, API_URL, CLIENT_ID, ISSUER, TOKEN_FILE } = process.env;

/** The platform's token in place of a secret (RFC 7523 §2.2). Kubernetes replaces the file before it expires, so it is read each time. */
async function byPlatform(server, client, body) {
  body.set('client_id', client.client_id);
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  body.set('client_assertion', await readFile(TOKEN_FILE, 'utf8'));
}

const local = ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, byPlatform, local);

const { access_token } = await oidc.clientCredentialsGrant(config, { resource: API_AUDIENCE, scope: 'pets:read' });
const answer = await fetch(`${API_URL}/pets`, { headers: { authorization: `Bearer ${access_token}` } });
console.log('/pets', answer.status, await answer.json());
