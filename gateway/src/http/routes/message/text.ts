import { z } from 'zod';
import { type SendTextOptions, sendText } from '../../../instances/send-text.ts';
import type { JidKind } from '../../../whatsapp/jid.ts';
import { parseRecipient } from '../../../whatsapp/recipient.ts';
import { optionalFlag } from '../../fields.ts';
import { type Route, route } from '../../route.ts';
import { mentionFields, messageText, sendingBody, sendingFields } from './fields.ts';

const RECIPIENTS: JidKind[] = ['user', 'lid', 'group', 'newsletter'];

const body = sendingBody(
  z.object({ ...sendingFields, ...mentionFields, message: messageText, linkPreview: optionalFlag }),
);

/** POST /api/message/text/:instance */
export function textRoute(deps: SendTextOptions): Route {
  return route({
    method: 'POST',
    path: '/api/message/text/:instance',
    summary: 'Send a text',
    access: { to: 'instance' },
    rate: 'global',
    body,
    bodyErrors: 'detailed',
    idempotent: true,
    async handle({ instance, body: { number, ...fields }, header }) {
      const recipient = parseRecipient(number, RECIPIENTS);
      const onId = (id: string) => header('X-Message-Id', id);
      const data = await sendText(instance, { ...fields, recipient, onId }, deps);
      return { body: { success: true, message: 'Message sent successfully', status: 'sent', data } };
    },
  });
}
