import { createRemoteJWKSet, jwtVerify } from 'jose';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Verifies logout tokens (OpenID Connect Back-Channel Logout §2.6): the session that has ended, or an error. */
export function endedSession({ issuer, jwks_uri }, clientId) {
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  return async (logoutToken) => {
    const { payload } = await jwtVerify(logoutToken, keys, {
      issuer,
      audience: clientId,
      typ: 'logout+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['iat', 'exp', 'jti', 'sid'],
    });
    if (!payload.events?.[EVENT] || 'nonce' in payload) throw new Error('it is no logout token');
    return payload.sid;
  };
}
