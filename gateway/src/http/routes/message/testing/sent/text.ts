import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Message sent successfully';
const LONG = '😀'.repeat(65_536);

export const text: SentKind = {
  path: '/api/message/text/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'a text',
      body: { message: ' Hello \n', source: 'crm' },
      message,
      data: { messageType: 'text', content: ' Hello \n', source: 'crm' },
      shows: { kind: 'text', text: ' Hello \n' },
    },
    {
      name: 'the longest text',
      body: { message: LONG },
      to: 'person',
      message,
      data: { messageType: 'text', content: LONG },
      shows: { kind: 'text', text: LONG },
    },
    {
      name: 'a hostile text',
      body: { message: HOSTILE, source: HOSTILE },
      message,
      data: { messageType: 'text', content: HARMLESS, source: HARMLESS },
      shows: { kind: 'text', text: HARMLESS },
    },
    {
      name: 'a link without a preview',
      body: { message: 'see https://example.com', linkPreview: false },
      message,
      data: { messageType: 'text', content: 'see https://example.com' },
      shows: { kind: 'text', text: 'see https://example.com' },
    },
  ],
};
