// A command-line tool that acts for a person. It signs them in with their browser once, and keeps a refresh token.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import * as oidc from 'openid-client';

const { API_URL, API_AUDIENCE, CLIENT_ID, ISSUER, TOKENS } = process.env;
const local = ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.None(), local);
const wanted = { scope: 'openid profile offline_access', resource: API_AUDIENCE };

/** Signs the person in: the answer comes to a port of this machine (RFC 8252 §7.3), which is open until then. */
async function byBrowser() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const redirect_uri = `http://127.0.0.1:${server.address().port}/callback`;
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(config, {
    ...wanted,
    redirect_uri,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  });
  console.log(`Sign in at ${url.href}`);
  open(url.href);
  const back = await answerAt(server, redirect_uri);
  return oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
}

async function answerAt(server, redirectUri) {
  for await (const [request, response] of on(server)) {
    const url = new URL(request.url, redirectUri);
    const here = url.pathname === '/callback';
    response.writeHead(here ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
    response.end(here ? 'You can close this window and go back to the terminal.' : 'not found');
    if (here) return url;
  }
}

/** The requests of a server, which closes after the last that is wanted. */
async function* on(server) {
  try {
    while (true) yield await once(server, 'request');
  } finally {
    server.close();
  }
}

/** The browser of the desktop, where there is one; the address is printed in any case. */
function open(url) {
  if (!process.stdout.isTTY) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}

/** Signs the person in where there is no browser, such as over SSH (RFC 8628): they enter a code in one that is anywhere. */
async function byDevice() {
  const device = await oidc.initiateDeviceAuthorization(config, wanted);
  console.log(`Open ${device.verification_uri} and enter ${device.user_code}`);
  return oidc.pollDeviceAuthorizationGrant(config, device);
}

/** Renews what was kept; without anything, or if it has ended, the person signs in again. */
async function signedIn() {
  try {
    const { refresh_token } = JSON.parse(await readFile(TOKENS, 'utf8'));
    return await oidc.refreshTokenGrant(config, refresh_token, { resource: API_AUDIENCE });
  } catch (error) {
    if (error.code !== 'ENOENT' && error.error !== 'invalid_grant') throw error;
    return process.argv[2] === '--device' ? byDevice() : byBrowser();
  }
}

async function signOut() {
  const { refresh_token } = JSON.parse(await readFile(TOKENS, 'utf8'));
  await oidc.tokenRevocation(config, refresh_token);
  await rm(TOKENS);
  console.log('You are signed out.');
}

async function main() {
  if (process.argv[2] === 'sign-out') return signOut();
  const { access_token, refresh_token } = await signedIn();
  await writeFile(TOKENS, JSON.stringify({ refresh_token }), { mode: 0o600 });
  const answer = await fetch(`${API_URL}/whoami`, { headers: { authorization: `Bearer ${access_token}` } });
  console.log('The API says:', await answer.json());
}

await main();
