import { SET } from '../phones/app-state/records.ts';
import type { Phones } from '../phones/directory.ts';
import { wireJid } from '../phones/messages/known.ts';
import type { Phone } from '../phones/phone.ts';
import { setBlocked } from '../server/accounts/blocklist.ts';
import { acceptChatState, setAvailable } from '../server/accounts/presence.ts';
import { isPrivacySetting, setPrivacy } from '../server/accounts/privacy.ts';
import { acceptAbout, setProfilePicture } from '../server/accounts/profile.ts';
import type { ServerContext } from '../server/context.ts';
import { changeNumber } from '../server/groups/changes.ts';
import { acceptReceipt } from '../server/messages/receipts.ts';
import { STATUS_AUDIENCES } from '../server/model/account.ts';
import { isGroupJid, STATUS_JID } from '../wire/jid.ts';
import { stanza } from '../wire/stanza.ts';
import { STATE_ACTIONS } from './app-state.ts';
import { callActions } from './calls.ts';
import { accountOf, chatOf } from './chats.ts';
import { optionalChoice, optionalFlag, optionalText, optionalTexts, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { MESSAGE_ACTIONS } from './message-actions.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;
type Action = (ctx: ServerContext, phone: Phone, body: Body) => unknown;

const ACTIONS: Record<string, Action> = {
  read: (ctx, phone, body) => seen(ctx, phone, body, 'read'),
  played: (ctx, phone, body) => seen(ctx, phone, body, 'played'),
  typing,
  presence,
  name,
  picture,
  about,
  block,
  privacy,
  'status-privacy': statusPrivacy,
  'change-number': moveTo,
  ...MESSAGE_ACTIONS,
  ...callActions,
  ...STATE_ACTIONS,
};

/** What a phone's user does besides sending. */
export function actionRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/act',
      handle: ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        const wanted = text(body, 'action', 40);
        const action = Object.hasOwn(ACTIONS, wanted) ? ACTIONS[wanted] : undefined;
        if (!action) throw new ControlError(400, `there is no action ${wanted}`);
        return action(ctx, phone, body);
      },
    },
  ];
}

/** `{id}`: reads or plays a received message; its author sees the ticks in blue. */
function seen(ctx: ServerContext, phone: Phone, body: Body, type: 'read' | 'played') {
  const id = text(body, 'id', 200);
  const entry = phone.inbox.find(id);
  if (!entry || entry.fromMe) throw new ControlError(404, `message ${id} was not received`);
  const shared = entry.chat === STATUS_JID || isGroupJid(entry.chat);
  const to = shared ? { to: entry.chat, participant: entry.sender } : { to: entry.sender };
  const attrs = { id, ...to, type, t: String(ctx.seconds()) };
  acceptReceipt(ctx, phone.device, stanza('receipt', attrs));
  return { id };
}

/** `{to, state?, addressing?}`: shows `composing` (the default), `recording` or `paused` to a contact or in a group. */
function typing(ctx: ServerContext, phone: Phone, body: Body) {
  const to = chatOf(ctx, text(body, 'to', 100));
  const state = optionalChoice(body, 'state', ['composing', 'recording', 'paused']) ?? 'composing';
  const addressing = optionalChoice(body, 'addressing', ['pn', 'lid']) ?? 'lid';
  const shown = state === 'recording' ? stanza('composing', { media: 'audio' }) : stanza(state);
  acceptChatState(ctx, phone.device, stanza('chatstate', { to: wireJid(to, addressing) }, [shown]));
  return { state };
}

/** `{available}`: the user looks at the phone, or puts it away; watchers are notified. */
function presence(ctx: ServerContext, phone: Phone, body: Body) {
  const available = optionalFlag(body, 'available') ?? true;
  setAvailable(ctx, phone.device, available);
  return { available };
}

/** `{name}`: changes the push name that goes with the phone's messages; companions take it over. */
function name(ctx: ServerContext, phone: Phone, body: Body) {
  const name = text(body, 'name', 100);
  phone.account.name = name;
  const value = { pushNameSetting: { name }, timestamp: ctx.clock() };
  phone.appState.change('critical_block', {
    operation: SET,
    index: ['setting_pushName'],
    value,
    apiVersion: 1,
  });
  return { name: phone.account.name };
}

/** `{setting, value}`: who may do something to this phone, `{"setting": "groupadd", "value": "none"}`. */
function privacy(ctx: ServerContext, phone: Phone, body: Body) {
  const setting = text(body, 'setting', 40);
  const value = text(body, 'value', 40);
  if (!isPrivacySetting(setting, value))
    throw new ControlError(400, `there is no setting ${setting}=${value}`);
  setPrivacy(ctx, phone.device, setting, value);
  return { setting, value };
}

/** `{number}`: the user moves to another phone's number, which takes this one's place in every group. */
function moveTo(ctx: ServerContext, phone: Phone, body: Body) {
  const next = accountOf(ctx, text(body, 'number', 40));
  changeNumber(ctx, phone.account, next);
  return { number: next.number };
}

/** `{number, block?}`: blocks an account, or lets it write again; the companions are notified. */
function block(ctx: ServerContext, phone: Phone, body: Body) {
  const other = accountOf(ctx, text(body, 'number', 100));
  setBlocked(ctx, phone.device, other, optionalFlag(body, 'block') ?? true);
  return { blocked: [...phone.account.blocked].map(({ number }) => number) };
}

/** `{picture?}`: a JPEG in base64 becomes the phone's picture; without one it has none. */
function picture(ctx: ServerContext, phone: Phone, body: Body) {
  const jpeg = optionalText(body, 'picture');
  const id = setProfilePicture(
    ctx,
    phone.device,
    jpeg === undefined ? undefined : Buffer.from(jpeg, 'base64'),
  );
  return { id: id ?? null };
}

/** `{text}`: what the phone says about its user. */
function about(ctx: ServerContext, phone: Phone, body: Body) {
  const status = stanza('status', {}, Buffer.from(optionalText(body, 'text') ?? ''));
  acceptAbout(ctx, phone.device, stanza('iq', {}, [status]));
  return { about: phone.account.about.text };
}

/** `{audience, numbers?}`: who sees what the phone publishes: `contacts`, `blacklist` or `whitelist`. */
function statusPrivacy(ctx: ServerContext, { account }: Phone, body: Body) {
  const audience = optionalChoice(body, 'audience', STATUS_AUDIENCES);
  if (!audience) throw new ControlError(400, 'audience is missing');
  const numbers = optionalTexts(body, 'numbers', 1000) ?? [];
  account.statusPrivacy = { audience, people: new Set(numbers.map((number) => accountOf(ctx, number))) };
  return { audience, numbers };
}
