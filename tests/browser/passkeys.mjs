// Authenticators that the DevTools of the browser play.

/** Gives the page an authenticator: a phone or a laptop that is unlocked by its person, or by nobody. */
export async function authenticator(page, isUserVerified = true) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (is) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: is }),
  };
}
