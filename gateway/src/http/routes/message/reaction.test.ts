import { describe, expect, test } from 'vitest';
import { isEmoji } from '../../../whatsapp/outbound/reaction.ts';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/reaction/:instance';
const GROUP = '120363406289005073@g.us';
const good = { number: '5511999999999', messageId: '3EB0A1B2C3D4E5F60718', reaction: '👍' };
const SINGLE = 'Reaction must be a single emoji or "remove"';

describe('POST /api/message/reaction/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, number: undefined }, 'Number is required'],
    [
      { ...good, number: '120363422585881117@newsletter' },
      'Unsupported recipient: 120363422585881117@newsletter',
    ],
    [{ ...good, messageId: '' }, 'MessageId is required'],
    [{ ...good, messageId: 5 }, 'Invalid request body: messageId must be a string'],
    [{ ...good, reaction: null }, 'Reaction is required'],
    [{ ...good, reaction: 'Remove' }, SINGLE],
    [{ ...good, reaction: '👍👍' }, SINGLE],
    [{ ...good, reaction: 'x' }, SINGLE],
    [{ ...good, fromMe: 'true' }, 'Invalid request body: fromMe must be a boolean'],
    [{ ...good, number: GROUP }, 'participant is required for group messages'],
    [{ ...good, number: GROUP, participant: '' }, 'participant is required for group messages'],
    [{ ...good, number: GROUP, participant: 'Ana' }, 'Invalid participant: Ana'],
    [{ ...good, number: GROUP, participant: GROUP }, `Invalid participant: ${GROUP}`],
  ]);

  acceptsBodies(PATH, [
    ['the removal', { ...good, reaction: 'remove' }],
    ['an own message in a group', { ...good, number: GROUP, fromMe: true }],
    ...['5511888888888', '5511888888888@s.whatsapp.net', '123456789012345@lid'].map(
      (participant): [string, object] => [
        `${participant} as author`,
        { ...good, number: GROUP, participant },
      ],
    ),
  ]);

  test.each(['👍', '❤️', '❤', '😂', '👍🏽', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🇧🇷', '1️⃣', '🫩', '©️'])(
    '%s is one emoji',
    (text) => {
      expect(isEmoji(text)).toBe(true);
    },
  );

  test.each(['', ' ', '1', 'a', 'á', '👍 ', '❤️❤️', '🇧', '\u200d', '👍\u0301', `👍${'\u200d👍'.repeat(9)}`])(
    '"%s" is not',
    (text) => {
      expect(isEmoji(text)).toBe(false);
    },
  );
});
