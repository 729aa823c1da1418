import { announceCall, CallRefused, inCall, type PhoneCall, placeCall } from '../phones/calls.ts';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import type { ServerContext } from '../server/context.ts';
import { StanzaError } from '../server/stanza-error.ts';
import { isGroupJid } from '../wire/jid.ts';
import { accountOf } from './chats.ts';
import { integer, optionalChoice, optionalFlag, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;

/** What a phone's user does with calls; actions of `POST /control/phones/:number/act`. */
export const callActions = { call, answer, reject, hangup, latency };

/** `{to, video?}`: rings a number, or announces a call in a group; `{callId}`. */
async function call(ctx: ServerContext, phone: Phone, body: Body) {
  const to = text(body, 'to', 100);
  const video = optionalFlag(body, 'video') ?? false;
  return refusable(async () => ({
    callId: isGroupJid(to) ? announceCall(phone, to) : await placeCall(phone, accountOf(ctx, to), video),
  }));
}

/** `{callId}`: takes a call that rings. */
function answer(_ctx: ServerContext, phone: Phone, body: Body) {
  return refusable(async () => inCall(phone, callOf(phone, body), 'accept'));
}

/** `{callId}`: turns a call that rings away. */
function reject(_ctx: ServerContext, phone: Phone, body: Body) {
  return refusable(async () => inCall(phone, callOf(phone, body), 'reject', { count: '0' }));
}

/** `{callId, reason?}`: ends a call; `timeout` says that the call was not answered. */
function hangup(_ctx: ServerContext, phone: Phone, body: Body) {
  const reason = optionalChoice(body, 'reason', ['timeout']);
  return refusable(async () => inCall(phone, callOf(phone, body), 'terminate', reason ? { reason } : {}));
}

/** `{callId, ms}`: reports how long the way over the relay takes. */
function latency(_ctx: ServerContext, phone: Phone, body: Body) {
  const ms = String(integer(body, 'ms', 0, 60_000));
  return refusable(async () => inCall(phone, callOf(phone, body), 'relaylatency', { latency: ms }));
}

function callOf(phone: Phone, body: Body): PhoneCall {
  const id = text(body, 'callId', 64);
  const found = phone.calls.get(id);
  if (!found) throw new ControlError(404, `call ${id} is not known to this phone`);
  return found;
}

async function refusable<T>(act: () => Promise<T>): Promise<T | object> {
  try {
    return (await act()) ?? {};
  } catch (error) {
    if (error instanceof CallRefused || error instanceof StanzaError) {
      throw new ControlError(409, error.message);
    }
    throw error;
  }
}

/** The calls that a phone knows of, oldest first. */
export function callRoutes(phones: Phones): Route[] {
  return [
    {
      method: 'GET',
      path: '/control/phones/:number/calls',
      handle: ({ params }) => ({
        calls: phoneOf(phones, params.number)
          .calls.values()
          .map(({ address: _, creator: __, ...shown }) => shown),
      }),
    },
  ];
}
