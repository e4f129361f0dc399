// Authenticators that the DevTools of the browser play.

/** What a browser does not do whose person takes nothing of what the field for the name offers. */
const offersNothing = () => {
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
};

/**
 * Gives the page an authenticator: a phone or a laptop that is unlocked by its person, or by nobody. It takes what is offered at once, so in
 * the field for the name it is offered nothing, unless that is what is wanted.
 */
export async function authenticator(page, isUserVerified = true, isOffered = false) {
  if (!isOffered) await page.addInitScript(offersNothing);
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
