import { type Signed, signInPage } from './assertion.ts';
import type { Call, CallResult } from './gateway.ts';
import { gatewayName, type Handover, originPattern, readHandover } from './handover.ts';
import { type Progress, progressOf } from './progress.ts';
import { refusalText, signingText, type TextName } from './texts.ts';

const POLL_MS = 2_000;

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
};
const [status, code, action] = [element('status'), element('code'), element('action') as HTMLButtonElement];

/** The ceremony that a link of WhatsApp Web's tab handed over. */
interface Asked {
  handover: Handover;
  tabId: number;
}

document.documentElement.lang = chrome.i18n.getUILanguage();
document.title = text('name');
element('heading').textContent = text('heading');
const asked = readAddress(location.hash);
// A token in the address would stay in the history.
history.replaceState(null, '', location.pathname);
if (asked) {
  element('gateway').textContent = gatewayName(asked.handover);
  element('explanation').textContent = text('explanation');
  offer('action_sign', () => sign(asked));
} else {
  show('error_link');
}

/** `#<handover>.<tab>`, made by the worker. */
function readAddress(hash: string): Asked | null {
  const [encoded = '', tab = ''] = hash.slice(1).split('.');
  const handover = readHandover(encoded);
  return handover && /^\d+$/.test(tab) ? { handover, tabId: Number(tab) } : null;
}

/** After the click: permission, options, passkey, answer. */
async function sign({ handover, tabId }: Asked): Promise<void> {
  const again = (name: TextName, detail?: string) => {
    show(name, detail);
    offer('action_again', () => sign({ handover, tabId }));
  };
  // First of all: Chromium asks its user only as long as the click counts.
  if (!(await allowed(handover))) return again('error_not_allowed', gatewayName(handover));
  show('status_reading');
  const answer = await call(handover, { name: 'options' });
  if (!answer.ok) return again(refusalText(answer.status), answer.message);
  const { ceremony } = answer;
  if (!ceremony?.id || ceremony.status !== 'required' || !ceremony.publicKey) return follow(handover);
  show('status_signing');
  const signed = await signIn(tabId, ceremony.publicKey);
  if ('error' in signed) {
    return again(signed.error === 'TabClosed' ? 'error_tab_closed' : signingText(signed.error), signed.error);
  }
  const { id } = ceremony;
  const taken = await call(handover, { name: 'response', id, credential: signed.credential });
  if (!taken.ok) return again(refusalText(taken.status), taken.message);
  await follow(handover);
}

/** Shows what becomes of the ceremony until it has ended. */
async function follow(handover: Handover): Promise<void> {
  let shown = '';
  for (;;) {
    const answer = await call(handover, { name: 'options' });
    const progress = progressOf(answer);
    if (progress.name !== shown) showProgress(handover, progress);
    if (progress.over) return;
    shown = progress.name;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function showProgress(handover: Handover, { name, detail, compare }: Progress): void {
  show(name, detail);
  if (!compare) return;
  code.textContent = compare.code;
  offer('action_confirm', () => confirm(handover, compare.id));
}

async function confirm(handover: Handover, id: string): Promise<void> {
  const taken = await call(handover, { name: 'confirm', id });
  if (taken.ok) return;
  show(refusalText(taken.status), taken.message);
  offer('action_confirm', () => confirm(handover, id));
}

/** Also false for a gateway for which this build may not ask. */
async function allowed(handover: Handover): Promise<boolean> {
  return chrome.permissions.request({ origins: [originPattern(handover)] }).catch(() => false);
}

/** The browser signs only for the page in front, so that one comes to the front and this one comes back after. */
async function signIn(tabId: number, publicKey: Record<string, unknown>): Promise<Signed> {
  const here = await chrome.tabs.getCurrent();
  try {
    await chrome.tabs.update(tabId, { active: true });
    const [ran] = await chrome.scripting.executeScript({
      target: { tabId, frameIds: [0] },
      world: 'MAIN',
      func: signInPage,
      args: [publicKey],
    });
    return ran?.result ?? { error: 'UnknownError' };
  } catch {
    // Closed, or no longer WhatsApp Web: a new link opens it again.
    return { error: 'TabClosed' };
  } finally {
    if (here?.id !== undefined) await chrome.tabs.update(here.id, { active: true });
  }
}

function call(handover: Handover, request: Call): Promise<CallResult> {
  return chrome.runtime.sendMessage({ kind: 'call', handover, call: request });
}

/** `detail` is what gateway or browser said, or the host that is meant. */
function show(name: TextName, detail?: string): void {
  status.textContent = text(name, detail);
  code.textContent = '';
  action.textContent = '';
}

function offer(name: TextName, act: () => Promise<void>): void {
  action.textContent = text(name);
  action.onclick = () => {
    action.textContent = '';
    void act();
  };
}

function text(name: TextName, detail = ''): string {
  return chrome.i18n.getMessage(name, [detail]);
}
