// npm oidc-provider with its rows in DynamoDB: clients and accounts too, so that what is disabled there ends at once. It turns refresh
// tokens over and signs access tokens for an API, as ours does.
import { generateKeyPairSync } from "node:crypto";

import { GetItemCommand, PutItemCommand, DeleteItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import Provider from "oidc-provider";

import { connections, database, origin, port, ready, table } from "./others.js";

const API = "https://orders.example.com";

// A row for each thing, with what it holds as JSON. There is no index: nothing here looks for a grant's tokens.
class Rows {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return { pk: { S: `${this.model}#${id}` }, sk: { S: this.model } };
  }

  async upsert(id, payload, expiresIn) {
    const end = expiresIn ? { expires_at: { N: String(Math.floor(Date.now() / 1000) + expiresIn) } } : {};
    const Item = { ...this.key(id), ...end, payload: { S: JSON.stringify(payload) } };
    await database.send(new PutItemCommand({ TableName: table, Item }));
  }

  async find(id) {
    const asked = { TableName: table, Key: this.key(id), ConsistentRead: true };
    const { Item } = await database.send(new GetItemCommand(asked));
    if (!Item || (Item.expires_at && Number(Item.expires_at.N) <= Date.now() / 1000)) return undefined;
    const consumed = Item.consumed ? { consumed: Number(Item.consumed.N) } : {};
    return { ...JSON.parse(Item.payload.S), ...consumed };
  }

  async consume(id) {
    const change = {
      TableName: table,
      Key: this.key(id),
      UpdateExpression: "SET #consumed = :now",
      ExpressionAttributeNames: { "#consumed": "consumed" },
      ExpressionAttributeValues: { ":now": { N: String(Math.floor(Date.now() / 1000)) } },
    };
    await database.send(new UpdateItemCommand(change));
  }

  async destroy(id) {
    await database.send(new DeleteItemCommand({ TableName: table, Key: this.key(id) }));
  }
}

const accounts = new Rows("Account");
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const provider = new Provider(origin, {
  adapter: Rows,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "load" }] },
  cookies: { keys: ["nobody has a cookie here"] },
  enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  scopes: ["openid", "offline_access", "orders:read"],
  ttl: { AccessToken: 600, ClientCredentials: 600, RefreshToken: 86_400, Grant: 86_400 },
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "orders:read",
        audience: API,
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
  async findAccount(_context, id) {
    const account = await accounts.find(id);
    return account && { accountId: id, claims: () => ({ sub: id, ...account }) };
  },
});

provider.on("server_error", (_context, error) => console.error(error));

const secret = "a-secret-of-more-than-thirty-two-bytes";
const clients = [
  {
    client_id: "app",
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: ["https://app.example.com/callback"],
    scope: "openid offline_access orders:read",
  },
  { client_id: "service", grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: "orders:read" },
];
for (const client of clients) await new Rows("Client").upsert(client.client_id, { ...client, client_secret: secret });
const client = await provider.Client.find("app");

// What a sign-in leaves: somebody, a grant and its refresh token.
async function signIn(accountId) {
  await accounts.upsert(accountId, { name: "Ada Lovelace" });
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope("offline_access");
  grant.addResourceScope(API, "orders:read");
  const grantId = await grant.save();
  const token = { accountId, client, grantId, gty: "authorization_code", scope: "offline_access orders:read", resource: API };
  return new provider.RefreshToken({ ...token, rotations: 0 }).save();
}

const tokens = [];
for (let number = 0; number < connections; number++) tokens.push(await signIn(`person-${number}`));
const basic = (id) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
provider.listen(port, "127.0.0.1", () =>
  ready({
    endpoint: "/token",
    renewal: { authorization: basic("app"), fields: { grant_type: "refresh_token" } },
    tokens,
    service: { authorization: basic("service"), fields: { grant_type: "client_credentials", scope: "orders:read" } },
  }),
);
