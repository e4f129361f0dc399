// Searches while somebody types. Without it, the form is sent by its button.
const form = document.querySelector('form[data-live]');
const results = document.getElementById('results');
let waits;
let running;

function search() {
  running?.abort();
  const request = (running = new XMLHttpRequest());
  const address = `${form.getAttribute('action')}?${new URLSearchParams(new FormData(form))}`;
  request.open('GET', address);
  // The browser parses it, so nothing here makes markup of text.
  request.responseType = 'document';
  request.onload = () => {
    const found = request.response?.getElementById('results');
    if (request.status !== 200 || !found) return;
    results.replaceChildren(...document.importNode(found, true).childNodes);
    history.replaceState(null, '', address);
  };
  request.send();
}

form?.addEventListener('input', () => {
  clearTimeout(waits);
  waits = setTimeout(search, 150);
});
