// Plays Kubernetes on this machine: it publishes the cluster's keys, writes the token of a service account into a file, and runs what
// would be in the pod: the words of its command line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const { ISSUER, PORT, TOKEN_FILE } = process.env;
const cluster = `http://localhost:${PORT}`;
const key = { alg: 'RS256', kid: crypto.randomUUID() };
const { privateKey, publicKey } = await generateKeyPair(key.alg);
const documents = {
  '/.well-known/openid-configuration': { issuer: cluster, jwks_uri: `${cluster}/openid/v1/jwks`, id_token_signing_alg_values_supported: [key.alg] },
  '/openid/v1/jwks': { keys: [{ ...(await exportJWK(publicKey)), ...key, use: 'sig' }] },
};

const server = createServer((request, response) => {
  const document = documents[request.url];
  response.writeHead(document ? 200 : 404, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(document ?? {}));
}).listen(PORT, '127.0.0.1');
await once(server, 'listening');

// What a projected volume of a pod has. The audience is latchkey, and nobody else.
const [namespace, name] = ['shop', 'importer'];
const token = await new SignJWT({ 'kubernetes.io': { namespace, serviceaccount: { name, uid: crypto.randomUUID() } } })
  .setProtectedHeader(key)
  .setIssuer(cluster)
  .setAudience([ISSUER])
  .setSubject(`system:serviceaccount:${namespace}:${name}`)
  .setIssuedAt()
  .setNotBefore('0s')
  .setExpirationTime('1h')
  .sign(privateKey);
await writeFile(TOKEN_FILE, token, { mode: 0o600 });

const [program, ...words] = process.argv.slice(2);
const [status] = await once(spawn(program, words, { stdio: 'inherit' }), 'exit');
server.close();
process.exitCode = status ?? 1;
