import type { SentKind } from './table.ts';

const message = 'Reaction sent successfully';
const UNKNOWN = '3EB0000000000000000000';

export const reaction: SentKind = {
  path: '/api/message/reaction/:instance',
  replies: 'none',
  posts: false,
  cases: [
    {
      name: 'a reaction to what was received',
      body: ({ question }) => ({ messageId: question, reaction: '👍' }),
      to: 'person',
      message,
      data: { messageType: 'reaction', content: '👍', replyTo: 'question' },
      shows: ({ question }) => ({
        kind: 'reaction',
        text: '👍',
        target: question,
        reaction: { emoji: '👍', fromMe: false },
      }),
    },
    {
      name: 'a family, to what was sent; our own record of the message counts',
      body: ({ own }) => ({ messageId: own, reaction: '👨‍👩‍👧‍👦', fromMe: false, source: 'crm' }),
      to: 'person',
      message,
      data: { messageType: 'reaction', content: '👨‍👩‍👧‍👦', replyTo: 'own', source: 'crm' },
      shows: ({ own }) => ({ target: own, reaction: { emoji: '👨‍👩‍👧‍👦', fromMe: true } }),
    },
    {
      name: 'a heart without its selector, to an unknown message',
      body: { messageId: UNKNOWN, reaction: '❤', fromMe: true },
      to: 'person',
      message,
      data: { messageType: 'reaction', content: '❤', replyTo: { messageId: UNKNOWN } },
      shows: { target: UNKNOWN, reaction: { emoji: '❤', fromMe: true } },
    },
    {
      name: 'its removal',
      body: ({ question }) => ({ messageId: question, reaction: 'remove' }),
      to: 'person',
      message: 'Reaction removed successfully',
      data: { messageType: 'reaction', content: '', replyTo: 'question' },
      shows: ({ question }) => ({ target: question, reaction: { emoji: '', fromMe: false } }),
    },
    {
      name: 'a flag, to a message of a member of a group',
      body: ({ groupQuestion, ana }) => ({
        messageId: groupQuestion,
        reaction: '🇧🇷',
        participant: ana.number,
      }),
      to: 'group',
      message,
      data: { messageType: 'reaction', content: '🇧🇷', replyTo: 'groupQuestion' },
      shows: ({ groupQuestion, group }) => ({
        target: groupQuestion,
        reaction: { emoji: '🇧🇷', fromMe: false, chat: group.jid },
      }),
    },
    {
      name: 'a thumb with a skin tone, to an own message in a group',
      body: ({ groupOwn }) => ({ messageId: groupOwn, reaction: '👍🏽', fromMe: true }),
      to: 'group',
      message,
      data: { messageType: 'reaction', content: '👍🏽', replyTo: 'groupOwn' },
      shows: ({ groupOwn }) => ({ target: groupOwn, reaction: { emoji: '👍🏽', fromMe: true } }),
    },
  ],
};
