import { z } from 'zod';
import { contactKind } from '../../../whatsapp/outbound/contact.ts';
import { fieldError, listOf, sentenceError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import {
  flag,
  isPhoneNumber,
  optionalWords,
  requiredWords,
  sendingBody,
  sendingFields,
  URL_CHARACTERS,
} from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const MAX_CARDS = 100;

const card = z.object({
  fullName: requiredWords(),
  phone: requiredWords().refine(isPhoneNumber, sentenceError('is invalid')),
  organization: optionalWords(),
  email: optionalWords(),
  url: optionalWords(URL_CHARACTERS),
});

const vcard = listOf(card, MAX_CARDS)
  .nullish()
  .transform((cards) => cards ?? [])
  .refine((cards) => cards.length > 0, { ...fieldError({ rule: 'required' }), abort: true })
  .refine((cards) => cards.length <= MAX_CARDS, sentenceError(`must contain at most ${MAX_CARDS} items`));

const fields = z.object({
  ...sendingFields,
  // Accepted, and without effect on cards: the reply stays in the chat that was asked for.
  replyPrivate: flag.transform(() => false),
  vcard,
});

/** The older form of `vcard` is the only card itself. */
const body = sendingBody(fields, (body) => {
  const { vcard: only } = body as { vcard?: unknown };
  const isCard = typeof only === 'object' && only !== null && !Array.isArray(only);
  return isCard ? { ...body, vcard: [only] } : body;
});

const MARIA = {
  fullName: 'Maria Souza',
  phone: '5511888888888',
  organization: 'Blue Store',
  email: 'maria@example.com',
  url: 'https://example.com',
};

const example: RouteExample = {
  body: { number: '5511999999999', vcard: [MARIA], replyTo: '3EB0A1B2C3D4E5F60718' },
  answer: sentExample('Contact sent successfully', {
    messageId: '3EB08FCF27E532F1B0F9',
    messageType: 'contact',
    content: 'Maria Souza',
    vcard: [MARIA],
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/contact/:instance */
export function contactRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/contact/:instance',
      summary: 'Send contact cards',
      examples: [example],
      recipients: CHATS,
      body,
      sent: ({ vcard }) =>
        vcard.length > 1
          ? `${vcard.length} contacts sent successfully in one message`
          : 'Contact sent successfully',
      kind: ({ vcard }) => contactKind(vcard),
    },
    deps,
  );
}
