// All that this app knows of latchkey is the address and its own client id: oidc-client-ts (`oidc`) discovers the rest.
import { API_URL, API_AUDIENCE, CLIENT_ID, ISSUER } from '/settings.js';

const home = `${location.origin}/`;
const manager = new oidc.UserManager({
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: home,
  post_logout_redirect_uri: home,
  scope: 'openid profile offline_access',
  resource: API_AUDIENCE, // the access token is for this API
  loadUserInfo: true,
});

const element = (id) => document.getElementById(id);

function show(user) {
  element('who').textContent = user ? `Hello, ${user.profile.name}` : 'You are not signed in.';
  element('sign-in').hidden = Boolean(user);
  for (const id of ['call', 'renew', 'sign-out']) element(id).hidden = !user;
}

async function callApi() {
  const { access_token } = await manager.getUser();
  const answer = await fetch(`${API_URL}/whoami`, { headers: { authorization: `Bearer ${access_token}` } });
  element('answer').textContent = JSON.stringify(await answer.json(), null, 2);
}

const actions = {
  'sign-in': () => manager.signinRedirect(),
  call: callApi,
  renew: () => manager.signinSilent(), // by the refresh token; it also happens by itself before a token expires
  'sign-out': () => manager.signoutRedirect(),
};
for (const [id, act] of Object.entries(actions)) {
  element(id).onclick = () => act().catch((error) => (element('answer').textContent = error.message));
}

manager.events.addUserLoaded(show);
manager.events.addUserUnloaded(() => show(null));

/** The person has loaded the page, or is back from signing in. */
async function arrived() {
  const parameters = new URLSearchParams(location.search);
  if (!parameters.has('code') && !parameters.has('error')) return manager.getUser();
  try {
    return await manager.signinCallback();
  } finally {
    history.replaceState(null, '', '/');
  }
}
arrived().then(show, (error) => {
  show(null);
  element('answer').textContent = error.message;
});
