// A program that acts for itself and has no secret: it signs who it is (private_key_jwt, RFC 7523), and calls the API.
import { readFile } from 'node:fs/promises';

import { importJWK } from 'jose';
import * as oidc from 'openid-client';

const { API_URL, API_AUDIENCE, CLIENT_ID, ISSUER, KEY } = process.env;
const jwk = JSON.parse(await readFile(KEY, 'utf8'));
const proof = oidc.PrivateKeyJwt({ key: await importJWK(jwk), kid: jwk.kid });
const local = ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, proof, local);

const { access_token } = await oidc.clientCredentialsGrant(config, { resource: API_AUDIENCE, scope: 'pets:read' });
const answer = await fetch(`${API_URL}/pets`, { headers: { authorization: `Bearer ${access_token}` } });
console.log('/pets', answer.status, await answer.json());
