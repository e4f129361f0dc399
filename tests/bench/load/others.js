// What the two servers have in common: where they listen, their table, and how they say that they are ready. They end when standard
// input closes, so that they cannot outlive whoever started them.
import { renameSync, writeFileSync } from "node:fs";

import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";

export const { ENDPOINT: endpoint, AWS_REGION: region } = process.env;
export const port = Number(process.env.PORT);
export const connections = Number(process.env.CONNECTIONS);
export const origin = `http://localhost:${port}`;
export const table = "load";
export const database = new DynamoDBClient({ endpoint });

process.stdin.resume().on("end", () => process.exit());

await database.send(
  new CreateTableCommand({
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  }),
);

// What is asked of the token endpoint: the form of a renewal without its token, a first token for each connection, and the form of a
// client for itself. Both may have a header Authorization.
export function ready(requests) {
  const file = process.env.READY;
  writeFileSync(`${file}.new`, JSON.stringify(requests));
  renameSync(`${file}.new`, file);
}
