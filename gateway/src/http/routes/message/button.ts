import { z } from 'zod';
import { buttonKind } from '../../../whatsapp/outbound/button.ts';
import type { Route, RouteExample } from '../../route.ts';
import { button } from './button-fields.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import { between, entries, messageText, optionalWords, sendingBody, sendingFields } from './fields.ts';
import { CHATS, HEADER_MEDIA_LIMIT, sendRoute } from './send-route.ts';

const MAX_BUTTONS = 3;

const body = sendingBody(
  z.object({
    ...sendingFields,
    contentText: messageText,
    buttons: entries(button, 1, MAX_BUTTONS, between(1, MAX_BUTTONS)),
    headerText: optionalWords(),
    footerText: optionalWords(),
  }),
);

const example: RouteExample = {
  body: {
    number: '5511999999999',
    contentText: 'Do you confirm the order?',
    buttons: [
      { id: 'confirm', displayText: 'Yes' },
      { id: 'cancel', displayText: 'No' },
    ],
    footerText: 'Blue Store',
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Buttons sent successfully', {
    messageId: '3EB08FCF27E532F1B0FD',
    messageType: 'buttons',
    content: 'Do you confirm the order?',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/button/:instance */
export function buttonRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/button/:instance',
      summary: 'Send a text with buttons',
      examples: [example],
      recipients: CHATS,
      body,
      bodyLimit: HEADER_MEDIA_LIMIT,
      sent: 'Buttons sent successfully',
      kind: (message) => buttonKind(message),
    },
    deps,
  );
}
