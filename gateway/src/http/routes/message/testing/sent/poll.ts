import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Poll sent successfully';
const flavors = ['Chocolate', 'Vanilla', 'Lemon'];
const content = 'Which flavor?\n1. Chocolate\n2. Vanilla\n3. Lemon';
const most = Array.from({ length: 12 }, (_, index) => `${index}`.padEnd(100, 'x'));

const choice = (name: string, maxAnswer: number | null | undefined, selectable: number) => ({
  name,
  body: { question: 'Which flavor?', options: flavors, maxAnswer },
  message,
  data: { messageType: 'poll', content },
  shows: {
    kind: 'poll',
    text: 'Which flavor?',
    poll: { question: 'Which flavor?', options: flavors, selectable },
  },
});

export const poll: SentKind = {
  path: '/api/message/poll/:instance',
  replies: 'both',
  posts: true,
  cases: [
    choice('a single choice', undefined, 1),
    choice('several choices', 2, 2),
    { ...choice('below one is one', -5, 1), to: 'person' },
    { ...choice('more than there are is all of them', 99, 3), to: 'person' },
    {
      name: 'as much as fits, with hostile words',
      body: { question: HOSTILE.padEnd(200, '?'), options: [...most.slice(1), HOSTILE] },
      to: 'person',
      message,
      data: {
        messageType: 'poll',
        content: [
          HARMLESS.padEnd(199, '?'),
          ...[...most.slice(1), HARMLESS].map((o, i) => `${i + 1}. ${o}`),
        ].join('\n'),
      },
      shows: { kind: 'poll', poll: { options: [...most.slice(1), HARMLESS] } },
    },
  ],
};
