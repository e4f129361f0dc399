import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

/** Verifies access tokens (RFC 9068 §4): their claims, or an error. Keys are fetched again when an unknown one signs. */
export function verifier({ issuer, audience, jwksUri }) {
  // The library fetches keys by https only: this is for a latchkey on this machine.
  const cache = jwksUri.startsWith('http:') ? { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) } : undefined;
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri, customJwtCheck: isAccessToken }, cache);
  return (token) => verifier.verify(token);
}

const fetchKeys = async (uri) => (await fetch(uri)).arrayBuffer();

function isAccessToken({ header, payload }) {
  if (header.typ !== 'at+jwt') throw new Error('an ID token is no access token');
  if (!payload.exp || !payload.client_id) throw new Error('exp or client_id is missing');
}
