/*
 * The script of the page on which the owner of a phone answers WhatsApp's question for the passkey. The page is drawn
 * by the server for one step; this counts down, sends what the person gives, and loads the page anew at the next step.
 */

const POLL_MS = 2_000;

const self = document.querySelector('script[data-id]');
const { id, state } = self.dataset;
const base = location.pathname.replace(/\/$/, '');
const problem = document.getElementById('problem');
const left = document.getElementById('left');

/** Shows why something did not work; an empty text clears it. */
function show(text) {
  problem.textContent = text;
}

async function post(name, body) {
  try {
    const response = await fetch(`${base}/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return location.reload();
    const { message } = await response.json();
    show(String(message));
  } catch {
    // No network, or an answer that is no JSON.
    show(problem.dataset.failed);
  }
}

/** The snippet's JSON holds the id of its ceremony; a bare credential is taken too. */
function sendAnswer() {
  show('');
  try {
    const given = JSON.parse(document.getElementById('answer').value);
    void post('response', 'credential' in given ? given : { id, credential: given });
  } catch {
    show(problem.dataset.notJson);
  }
}

async function copySnippet({ currentTarget: button }) {
  const field = document.getElementById('snippet');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  } catch {
    // Without permission the text is selected, and the person copies it.
  }
}

async function poll() {
  try {
    const response = await fetch(`${base}/options`, { cache: 'no-store' });
    if (response.status === 404) return location.reload();
    const { passkey } = await response.json();
    if (passkey && passkey.state !== state) return location.reload();
  } catch {
    // The next poll shows whether the gateway is back.
  }
  setTimeout(poll, POLL_MS);
}

const endsAt = performance.now() + Number(left.dataset.seconds) * 1_000;
setInterval(() => {
  const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1_000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}, 1_000);

document.getElementById('send')?.addEventListener('click', sendAnswer);
document.getElementById('copy')?.addEventListener('click', copySnippet);
document.getElementById('confirm')?.addEventListener('click', () => void post('confirm', { id }));
setTimeout(poll, POLL_MS);
