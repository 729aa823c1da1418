import type { z } from 'zod';
import { type SendRequest, sendMessage } from '../../../instances/sending/send-message.ts';
import type { Jid, JidKind } from '../../../whatsapp/jid.ts';
import type { OutgoingKind } from '../../../whatsapp/outbound/kind.ts';
import { parseRecipient } from '../../../whatsapp/recipient.ts';
import { MESSAGE_ID, type Route, type RouteExample, route } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';

/** What `sendingFields` gives; a route that takes no mentions, delay or reply leaves them out. */
type SendingBody = { number: string; source: string } & Partial<Omit<SendRequest, 'recipient' | 'onId'>>;

/** Recipients of every kind that channels take too. */
export const CHATS: readonly JidKind[] = ['user', 'lid', 'group', 'newsletter'];

/** Bytes of a body that may carry the picture or video of a header: 64 MB of it in base64, and the other fields. */
export const HEADER_MEDIA_LIMIT = 90 * 1024 * 1024;

export interface SendRouteDefinition<S extends z.ZodType<SendingBody>> {
  path: string;
  summary: string;
  examples: readonly RouteExample[];
  recipients: readonly JidKind[];
  body: S;
  /** Bytes; 1 MiB when left out. */
  bodyLimit?: number;
  /** Fields that hold files: their long strings are never in memory. */
  spooledFields?: readonly string[];
  /** The answer's `message`. */
  sent: string | ((body: z.output<S>) => string);
  kind(body: z.output<S>, deps: MessageRouteDeps, recipient: Jid): OutgoingKind;
}

const DEFAULTS = { delay: 0, replyTo: undefined, replyPrivate: false, mention: [], mentionAll: false };

/** A route of `/api/message/*`: they differ in body and kind only. */
export function sendRoute<S extends z.ZodType<SendingBody>>(
  { recipients, kind, sent, ...definition }: SendRouteDefinition<S>,
  deps: MessageRouteDeps,
): Route {
  return route({
    ...definition,
    method: 'POST',
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    idempotent: true,
    async handle({ instance, body: validated, header }) {
      const body = validated as z.output<S>; // present: the route has a schema
      const recipient = parseRecipient(body.number, recipients);
      const onId = (id: string) => header(MESSAGE_ID, id);
      const request: SendRequest = { ...DEFAULTS, ...body, recipient, onId };
      const message = { ...request, kind: kind(body, deps, recipient) };
      const data = await sendMessage(instance, message, deps);
      const text = typeof sent === 'string' ? sent : sent(body);
      return { body: { success: true, message: text, status: 'sent', data } };
    },
  });
}
