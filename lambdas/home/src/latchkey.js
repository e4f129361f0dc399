// The front page's one script: a fresh access token, in a curl command, on the clipboard.
"use strict";

const button = document.getElementById("copy");
const status = document.getElementById("copied");
const said = new Set([button.dataset.expired, button.dataset.none]);

async function command() {
  const answer = await fetch("/users/token", { method: "POST", headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status === 401 ? button.dataset.expired : button.dataset.none);
  const { access_token } = await answer.json();
  return `curl -H "Authorization: Bearer ${access_token}" ${location.origin}${button.dataset.path}`;
}

// The clipboard is asked at once, with a promise for the text: some browsers allow it only within the click itself.
async function copy() {
  const line = command();
  const text = line.then((it) => new Blob([it], { type: "text/plain" }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
  } catch (refused) {
    await line; // what went wrong with the token matters more than what the clipboard made of it
    throw refused;
  }
}

button.addEventListener("click", async () => {
  status.textContent = "";
  try {
    await copy();
    status.textContent = button.dataset.copied;
  } catch (error) {
    status.textContent = said.has(error.message) ? error.message : button.dataset.refused;
  }
});
