import { type Call, type CallResult, callGateway } from './gateway.ts';
import { type Handover, originPattern } from './handover.ts';

/** From the content script: a link was followed. */
interface HandoverMessage {
  kind: 'handover';
  handover: string;
}

/** From the page that asks: a request to a gateway. */
interface CallMessage {
  kind: 'call';
  handover: Handover;
  call: Call;
}

const ASK_PAGE = chrome.runtime.getURL('ask.html');

chrome.runtime.onMessage.addListener((message: HandoverMessage | CallMessage, sender, respond) => {
  if (sender.id !== chrome.runtime.id) return;
  if (message.kind === 'handover') {
    if (sender.origin === 'https://web.whatsapp.com' && sender.tab?.id)
      void ask(message.handover, sender.tab);
    return;
  }
  if (message.kind !== 'call' || !sender.url?.startsWith(ASK_PAGE)) return;
  void call(message).then(respond);
  return true;
});

/** Opens the page that says which gateway asks, beside WhatsApp Web. Nothing else happens before its button. */
async function ask(handover: string, tab: chrome.tabs.Tab): Promise<void> {
  await chrome.tabs.create({ url: `${ASK_PAGE}#${handover}.${tab.id}`, index: tab.index + 1 });
}

/** The only way of this extension to the network, and only to gateways that its user allowed. */
async function call({ handover, call: request }: CallMessage): Promise<CallResult> {
  const allowed = await chrome.permissions.contains({ origins: [originPattern(handover)] });
  if (!allowed) return { ok: false, status: 0, message: 'not allowed' };
  return callGateway(handover, request);
}
