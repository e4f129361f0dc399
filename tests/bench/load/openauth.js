// npm @openauthjs/openauth with its own DynamoDB storage. What signs people in is a page that always says yes; a client's secret is
// looked up in the same storage, because that is left to whoever uses it.
import { createHash, timingSafeEqual } from "node:crypto";

import { serve } from "@hono/node-server";
import { issuer } from "@openauthjs/openauth";
import { DynamoStorage } from "@openauthjs/openauth/storage/dynamo";
import { Storage } from "@openauthjs/openauth/storage/storage";

import { connections, endpoint, origin, port, ready, table } from "./others.js";

const storage = DynamoStorage({ table, endpoint });
const digest = (text) => createHash("sha256").update(text).digest();
const secret = "a-secret-of-more-than-thirty-two-bytes";
await Storage.set(storage, ["client", "service"], { secret: digest(secret).toString("base64") });

let people = 0;
const load = {
  type: "load",
  init: (routes, context) => routes.get("/authorize", (c) => context.success(c, { person: ++people })),
  async client({ clientID, clientSecret }) {
    const client = await Storage.get(storage, ["client", clientID]);
    if (!client || !timingSafeEqual(Buffer.from(client.secret, "base64"), digest(clientSecret))) {
      throw new Error("no such client");
    }
    return { service: clientID };
  },
};
const app = issuer({
  storage,
  providers: { load },
  ttl: { access: 600 },
  success: (context, { person, service }) =>
    service ? context.subject("service", { service }) : context.subject("person", { person }),
});

// A whole sign-in of somebody new, which ends in a refresh token.
async function signIn() {
  const query = new URLSearchParams({
    client_id: "app",
    redirect_uri: "http://localhost/callback",
    response_type: "code",
    state: "x",
  });
  const asked = await app.request(`${origin}/authorize?${query}`);
  const cookie = asked.headers.get("set-cookie").split(";")[0];
  const answer = await app.request(`${origin}/load/authorize`, { headers: { cookie } });
  const code = new URL(answer.headers.get("location")).searchParams.get("code");
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: "app",
    redirect_uri: "http://localhost/callback",
    code,
  });
  const tokens = await (await app.request(`${origin}/token`, { method: "POST", body })).json();
  return tokens.refresh_token;
}

const tokens = [];
for (let number = 0; number < connections; number++) tokens.push(await signIn());
const service = { grant_type: "client_credentials", provider: "load", client_id: "service", client_secret: secret };
serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () =>
  ready({
    endpoint: "/token",
    renewal: { fields: { grant_type: "refresh_token", client_id: "app" } },
    tokens,
    service: { fields: service },
  }),
);
