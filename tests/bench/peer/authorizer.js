// An HTTP API's authorizer as its users write it with aws-jwt-verify: same token, same keys in the settings, same answer as ours.
const { JwtVerifier } = require("aws-jwt-verify/jwt-verifier");

const verifier = JwtVerifier.create({
  issuer: process.env.BASE_URL,
  audience: process.env.BASE_URL,
  // Nobody listens there: with the keys at hand nothing is to be fetched, and a verifier that tried would refuse every token.
  jwksUri: "https://localhost:9/jwks.json",
});
verifier.cacheJwks(JSON.parse(process.env.PUBLIC_KEYS));

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
    name: claims.name ?? "",
    email: claims.email ?? "",
    exp: String(claims.exp),
  };
}
