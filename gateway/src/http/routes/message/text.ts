import { z } from 'zod';
import type { JidKind } from '../../../whatsapp/jid.ts';
import { firstUrl } from '../../../whatsapp/outbound/link-preview.ts';
import { textKind } from '../../../whatsapp/outbound/text.ts';
import { optionalFlag } from '../../fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { mentionFields, messageText, sendingBody, sendingFields } from './fields.ts';
import { sendRoute } from './send-route.ts';

const RECIPIENTS: JidKind[] = ['user', 'lid', 'group', 'newsletter'];

const body = sendingBody(
  z.object({ ...sendingFields, ...mentionFields, message: messageText, linkPreview: optionalFlag }),
);

const example: RouteExample = {
  body: { number: '5511999999999', message: 'Your order is ready' },
  answer: {
    success: true,
    message: 'Message sent successfully',
    status: 'sent',
    data: {
      messageId: '3EB08FCF27E532F1B0F5',
      direction: 'outgoing',
      messageType: 'text',
      content: 'Your order is ready',
      timestamp: '2026-04-28T14:30:00Z',
      source: 'api',
      status: 'sent',
      chat: {
        jid: '5511999999999@s.whatsapp.net',
        lid: '100000000000001@lid',
        name: 'João Silva',
        type: 'private',
      },
      sender: { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' },
    },
  },
};

/** POST /api/message/text/:instance */
export function textRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/text/:instance',
      summary: 'Send a text',
      examples: [example],
      recipients: RECIPIENTS,
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
