// The front page's one script: a fresh access token, in a curl command, on the clipboard.
"use strict";

const button = document.getElementById("copy");
const status = document.getElementById("copied");

async function command() {
  const answer = await fetch("/users/token", { method: "POST", headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status === 401 ? "You are no longer signed in. Please reload the page." : "No token just now. Please try again.");
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
    status.textContent = "Copied. Paste it into a terminal.";
  } catch (error) {
    status.textContent = error.message || "The browser did not allow it.";
  }
});
