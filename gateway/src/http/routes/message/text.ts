import { z } from 'zod';
import { firstUrl } from '../../../whatsapp/outbound/link-preview.ts';
import { textKind } from '../../../whatsapp/outbound/text.ts';
import { optionalFlag } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { DEV_TEAM, sentExample } from './example.ts';
import { mentionFields, messageText, sendingBody, sendingFields } from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const body = sendingBody(
  z.object({ ...sendingFields, ...mentionFields, message: messageText, linkPreview: optionalFlag }),
);

const example: RouteExample = {
  body: {
    number: DEV_TEAM.jid,
    message: 'Hi @5511777777777, see https://example.com',
    mention: ['5511777777777'],
    replyTo: '3EB0A1B2C3D4E5F60718',
    source: 'crm',
  },
  answer: sentExample('Message sent successfully', {
    messageId: '3EB08FCF27E532F1B0F5',
    messageType: 'text',
    content: 'Hi @5511777777777, see https://example.com',
    source: 'crm',
    chat: DEV_TEAM,
    mentions: ['5511777777777@s.whatsapp.net'],
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/text/:instance */
export function textRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/text/:instance',
      summary: 'Send a text',
      examples: [example],
      recipients: [...CHATS, 'status'],
      body,
      sent: 'Message sent successfully',
      kind({ message, linkPreview }, { preview }) {
        const url = linkPreview === false ? null : firstUrl(message);
        return textKind({ text: message, preview: url ? () => preview(url) : undefined });
      },
    },
    deps,
  );
}
