import { z } from 'zod';
import { PIX_KEY_TYPES, pixKind } from '../../../whatsapp/outbound/pix.ts';
import { oneOf, optionalWholeNumber, sentenceError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import {
  entries,
  optionalMessageText,
  optionalWords,
  requiredWords,
  sendingBody,
  sendingFields,
} from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const MAX_ITEMS = 100;
const MAX_QUANTITY = 100_000;
/** Far above any sale; sums above it would not be whole cents any more. */
const MAX_PRICE = 1_000_000_000;
const REFERENCE_BYTES = 8;

const item = z.object({
  name: requiredWords(),
  description: optionalWords(),
  quantity: optionalWholeNumber(1, MAX_QUANTITY).transform((quantity) => quantity ?? 1),
  unitPrice: z
    .number()
    .refine((price) => price >= 0, sentenceError('must be at least 0'))
    .refine((price) => price <= MAX_PRICE, sentenceError(`must be at most ${MAX_PRICE}`)),
});

const body = sendingBody(
  z.object({
    ...sendingFields,
    merchantName: requiredWords(),
    pixKey: requiredWords(),
    pixKeyType: oneOf(...PIX_KEY_TYPES),
    message: optionalMessageText,
    items: entries(item, 0, MAX_ITEMS, `must contain at most ${MAX_ITEMS} items`),
  }),
);

const example: RouteExample = {
  body: {
    number: '5511999999999',
    merchantName: 'Blue Store',
    pixKey: '12345678000199',
    pixKeyType: 'CNPJ',
    items: [{ name: 'Sneakers', quantity: 1, unitPrice: 199.9 }],
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('PIX sent successfully', {
    messageId: '3EB08FCF27E532F1B100',
    messageType: 'interactive',
    content: 'PIX - Blue Store',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/pix/:instance */
export function pixRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/pix/:instance',
      summary: 'Send a PIX key',
      examples: [example],
      recipients: CHATS,
      body,
      sent: 'PIX sent successfully',
      kind(pix, { random }) {
        const referenceId = Buffer.from(random(REFERENCE_BYTES)).toString('hex').toUpperCase();
        return pixKind({ ...pix, referenceId });
      },
    },
    deps,
  );
}
