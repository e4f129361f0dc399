// An HTTP API's authorizer as its users write it with aws-jwt-verify: same token, same answer as ours, and the same keys in the
// settings, or else the address to fetch them from.
const { JwtVerifier } = require("aws-jwt-verify/jwt-verifier");

const { BASE_URL, JWKS_URI, PUBLIC_KEYS } = process.env;

// Nobody listens there: with the keys at hand nothing is to be fetched, and a verifier that tried would refuse every token.
const NOWHERE = "https://localhost:9/jwks.json";

const verifier = JwtVerifier.create({ issuer: BASE_URL, audience: BASE_URL, jwksUri: JWKS_URI ?? NOWHERE });
if (PUBLIC_KEYS) verifier.cacheJwks(JSON.parse(PUBLIC_KEYS));

exports.handler = async (event) => {
  const [scheme, token] = (event.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) return { isAuthorized: false };
  try {
    return { isAuthorized: true, context: context(await verifier.verify(token)) };
  } catch {
    return { isAuthorized: false };
  }
};

// What the functions behind the gateway learn, in the words of our authorizer.
function context(claims) {
  return {
    iss: claims.iss,
    sub: claims.sub,
    client_id: claims.client_id,
    scope: claims.scope ?? "",
    roles: (claims.roles ?? []).join(" "),
    sid: claims.sid ?? "",
    grant_id: claims.grant_id ?? "",
    name: claims.name ?? "",
    email: claims.email ?? "",
    exp: String(claims.exp),
  };
}
