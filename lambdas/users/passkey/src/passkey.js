// Passkeys: one script for the page on which they are added, for the page of a sign-in and for the one that asks for a second factor. Both
// of these work without it.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer.json();
}

const withBytes = (list) => (list ?? []).map((it) => ({ ...it, id: bytes(it.id) }));

/** What the browser's API takes, from JSON. */
function options({ publicKey }) {
  const taken = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (taken.user) taken.user = { ...taken.user, id: bytes(taken.user.id) };
  if (taken.excludeCredentials) taken.excludeCredentials = withBytes(taken.excludeCredentials);
  if (taken.allowCredentials) taken.allowCredentials = withBytes(taken.allowCredentials);
  return taken;
}

/** What the browser's API gave, as JSON. */
function json(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} };
}

/** What a passkey says to the challenge of this path. */
async function signed(path, more) {
  const publicKey = options(await post(path, {}));
  return json(await navigator.credentials.get({ publicKey, ...more }));
}

const adding = document.getElementById("passkey-new");
if (adding && window.PublicKeyCredential) {
  const button = document.getElementById("add");
  const said = document.getElementById("passkey-said");
  button.disabled = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    button.disabled = true;
    try {
      const asked = await post("/users/passkey/new", { session: adding.dataset.session });
      const credential = await navigator.credentials.create({ publicKey: options(asked) });
      location.assign((await post("/users/passkey/add", { credential: json(credential) })).go);
    } catch (error) {
      if (error.status === 401) return location.assign(adding.dataset.again);
      // The page itself leads to the second factor that they must show first.
      if (error.status === 403) return location.reload();
      said.textContent = error.name === "InvalidStateError" ? adding.dataset.known : adding.dataset.failed;
    }
    button.disabled = false;
  });
}

const entering = document.getElementById("passkey-sign-in");
if (entering && window.PublicKeyCredential) {
  const button = entering.querySelector("button");
  const said = entering.querySelector("[role=status]");
  const field = document.querySelector('[autocomplete~="webauthn"]');
  let waits;
  let offeredAt;

  /** Asks for a passkey: in a window of the browser, or among what it offers in the field for the name. */
  async function enter(mediation) {
    waits?.abort();
    const wait = (waits = new AbortController());
    let isChosen = mediation !== "conditional";
    offeredAt = isChosen ? undefined : Date.now();
    try {
      const credential = await signed("/users/passkey/challenge", { mediation, signal: wait.signal });
      isChosen = true;
      const answer = { credential, return_to: entering.dataset.returnTo };
      location.assign((await post("/users/passkey/login", answer)).go);
    } catch (error) {
      // Of what the browser does not offer, its person has asked for nothing.
      if (wait.signal.aborted || !isChosen) return;
      said.textContent = error.status === 429 ? entering.dataset.wait : entering.dataset.failed;
      offer();
    }
  }

  /** Offers passkeys in the field, where the browser can. */
  async function offer() {
    if (field && (await PublicKeyCredential.isConditionalMediationAvailable?.())) enter("conditional");
  }

  /** What is offered answers a challenge of five minutes, and the page may be open for longer. */
  function renew() {
    if (offeredAt && !document.hidden && Date.now() - offeredAt > 240_000) offer();
  }

  entering.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = "";
    enter("optional");
  });
  setInterval(renew, 20_000);
  document.addEventListener("visibilitychange", renew);
  offer();
}

const step = document.getElementById("passkey-step");
if (step && window.PublicKeyCredential) {
  const button = step.querySelector("button");
  const said = step.querySelector("[role=status]");
  step.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    button.disabled = true;
    try {
      const credential = await signed("/users/passkey/step");
      location.assign((await post("/users/passkey/factor", { credential })).go);
    } catch (error) {
      said.textContent = error.status === 429 ? step.dataset.wait : step.dataset.failed;
    }
    button.disabled = false;
  });
}
