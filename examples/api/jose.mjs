import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Verifies access tokens (RFC 9068 §4): their claims, or an error. Keys are fetched again when an unknown one signs. */
export function verifier({ issuer, audience, jwksUri }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      typ: 'at+jwt', // an ID token is none
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub', 'client_id'],
    });
    return payload;
  };
}
