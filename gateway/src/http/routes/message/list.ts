import { z } from 'zod';
import { listKind } from '../../../whatsapp/outbound/list.ts';
import { fieldError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import {
  between,
  entries,
  messageText,
  optionalWords,
  requiredWords,
  sendingBody,
  sendingFields,
} from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const MAX = 10;

const row = z.object({ id: requiredWords(), title: requiredWords(), description: optionalWords() });

const section = z.object({
  title: optionalWords().transform((title) => title ?? ''),
  rows: entries(row, 1, MAX, between(1, MAX)),
});

const sections = entries(section, 1, MAX, between(1, MAX)).superRefine((list, context) => {
  if (list.length < 2) return;
  const untitled = list.findIndex(({ title }) => title === '');
  if (untitled === -1) return;
  context.addIssue({ code: 'custom', path: [untitled, 'title'], ...fieldError({ rule: 'required' }) });
});

const body = sendingBody(
  z.object({
    ...sendingFields,
    contentText: messageText,
    buttonText: requiredWords(),
    sections,
    headerText: optionalWords(),
    footerText: optionalWords(),
  }),
);

const example: RouteExample = {
  body: {
    number: '5511999999999',
    contentText: 'Choose a department',
    buttonText: 'Departments',
    sections: [
      {
        title: 'Office',
        rows: [
          { id: 'sales', title: 'Sales', description: 'Orders and prices' },
          { id: 'fin', title: 'Finance' },
        ],
      },
    ],
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('List sent successfully', {
    messageId: '3EB08FCF27E532F1B0FE',
    messageType: 'list',
    content: 'Choose a department',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/list/:instance */
export function listRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/list/:instance',
      summary: 'Send a menu',
      examples: [example],
      recipients: CHATS,
      body,
      sent: 'List sent successfully',
      kind: (message) => listKind(message),
    },
    deps,
  );
}
