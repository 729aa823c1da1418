import type { ContextFields } from '../phones/compose/context.ts';
import { type KnownMessage, knownMessage } from '../phones/messages/known.ts';
import type { Phone } from '../phones/phone.ts';
import type { ServerContext } from '../server/context.ts';
import { accountOf } from './chats.ts';
import { optionalInteger, optionalObject, optionalText, optionalTexts, text } from './fields.ts';
import { ControlError } from './http.ts';

type Body = Record<string, unknown>;

/** A message that the phone has on its screen. */
export function known(phone: Phone, id: string): KnownMessage {
  const message = knownMessage(phone, id);
  if (!message) throw new ControlError(404, `message ${id} is not known to this phone`);
  return message;
}

/** `quote`, `mentions`, `forwarded`, `expiration` and `ad` of a request. */
export function contextFields(ctx: ServerContext, phone: Phone, body: Body): ContextFields {
  const quote = optionalText(body, 'quote', 200);
  return {
    quote: quote === undefined ? undefined : known(phone, quote),
    mentions: optionalTexts(body, 'mentions', 1_024)?.map((number) => accountOf(ctx, number)),
    forwarded: optionalInteger(body, 'forwarded', 1, 1_000_000),
    expiration: optionalInteger(body, 'expiration', 1, 2 ** 31 - 1),
    ad: adOf(optionalObject(body, 'ad')),
  };
}

const AD_FIELDS = ['title', 'body', 'sourceType', 'sourceId', 'sourceUrl', 'mediaUrl', 'ctwaClid'];

function adOf(ad: Body | undefined): ContextFields['ad'] {
  if (!ad) return undefined;
  const given = AD_FIELDS.filter((name) => ad[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, text(ad, name, 4_096)]));
}
