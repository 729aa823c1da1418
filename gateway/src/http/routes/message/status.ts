import { z } from 'zod';
import { STATUS } from '../../../whatsapp/jid.ts';
import { statusTextKind } from '../../../whatsapp/outbound/status-text.ts';
import { fieldError, oneOf, optionalText, textError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { addressFields, optionalMessageText, STRING_CHARACTERS, sendingBody, without } from './fields.ts';
import { FILE_FIELDS, fileKind, mediaFields, requireOneSource } from './media-fields.ts';
import { HEADER_MEDIA_LIMIT, sendRoute } from './send-route.ts';

const COLOR = /^#?([0-9a-fA-F]{6})$/;

const MEDIA_FIELDS: ReadonlySet<string> = new Set(Object.keys(mediaFields));

/** What belongs to another type is ignored, and so is a recipient: a status goes to its audience. */
const fields = z
  .object({
    source: addressFields.source,
    type: oneOf('text', 'image', 'video', 'audio'),
    message: optionalMessageText,
    ...mediaFields,
    backgroundColor: optionalText(STRING_CHARACTERS),
    font: optionalText(STRING_CHARACTERS),
  })
  .superRefine((status, context) => {
    if (status.type !== 'text') return requireOneSource(status, context);
    const refuse = (path: string, rule: ReturnType<typeof fieldError>) =>
      context.addIssue({ code: 'custom', path: [path], ...rule });
    if (status.message === undefined) refuse('message', fieldError({ rule: 'required' }));
    if (status.backgroundColor !== undefined && !COLOR.test(status.backgroundColor)) {
      refuse('backgroundColor', textError('BackgroundColor must be a hex color like #FF0000'));
    }
  })
  .transform((status) => ({ ...status, number: STATUS }));

const body = sendingBody(fields, (body) =>
  (body as { type?: unknown }).type === 'text' ? without(body, MEDIA_FIELDS) : body,
);

const published = (data: object) => ({
  success: true,
  message: 'Status published successfully',
  status: 'sent',
  data: {
    messageId: '3EB08FCF27E532F1B101',
    direction: 'outgoing',
    ...data,
    timestamp: '2026-04-28T14:30:00Z',
    source: 'api',
    status: 'sent',
    chat: { jid: STATUS, name: '', type: 'status' },
    sender: { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' },
  },
});

const examples: RouteExample[] = [
  {
    body: {
      type: 'image',
      message: 'New collection',
      mediaBase64:
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    },
    answer: published({
      messageType: 'image',
      content: 'New collection',
      mediaUrl: 'https://mmg.whatsapp.net/v/t62.7118-24/5678_n.enc?ccb=11-4',
      mediaMimeType: 'image/jpeg',
      mediaSize: 81234,
    }),
  },
  {
    body: { type: 'text', message: 'Open until 8', backgroundColor: '#00AAFF', font: 'serif' },
    answer: published({ messageType: 'text', content: 'Open until 8' }),
  },
];

/** POST /api/message/status/:instance */
export function statusRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/status/:instance',
      summary: 'Publish a status',
      examples,
      recipients: ['status'],
      body,
      bodyLimit: HEADER_MEDIA_LIMIT,
      spooledFields: FILE_FIELDS,
      sent: 'Status published successfully',
      kind(status, { media }) {
        const { type, message = '', backgroundColor, font } = status;
        if (type !== 'text') return fileKind(type, status, media);
        return statusTextKind({ text: message, background: backgroundColor?.replace('#', ''), font });
      },
    },
    deps,
  );
}
