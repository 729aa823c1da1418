import { describe, expect, test } from 'vitest';
import { acceptsBodies, refusesBodies, unlinkedSender } from './testing/messages.ts';

const PATH = '/api/message/text/:instance';
const good = { number: '5511999999999', message: 'Hello' };

describe('POST /api/message/text/:instance', () => {
  refusesBodies(PATH, good, [
    ['{', 'Invalid request body: malformed JSON'],
    [[], 'Invalid request body: expected a JSON object'],
    [{}, 'Number is required'],
    [{ ...good, number: null }, 'Number is required'],
    [{ ...good, number: ' ' }, 'Number is required'],
    [{ ...good, number: 5511999999999 }, 'Invalid request body: number must be a string'],
    [{ to: 5511999999999, message: 'x' }, 'Invalid request body: to must be a string'],
    [{ ...good, number: '123' }, 'Invalid number: 123'],
    [{ ...good, number: 'x'.repeat(70) }, `Invalid number: ${'x'.repeat(64)}`],
    [{ number: good.number }, 'Message is required'],
    [{ ...good, message: '' }, 'Message is required'],
    [{ ...good, message: ' \n' }, 'Message is required'],
    [{ ...good, message: 'x'.repeat(65_537) }, 'Message must be at most 65536 characters'],
    [{ ...good, delay: 61 }, 'Delay must be between 0 and 60 seconds'],
    [{ ...good, delay: -1 }, 'Delay must be between 0 and 60 seconds'],
    [{ ...good, delay: '3' }, 'Invalid request body: delay must be an integer'],
    [{ ...good, delay: 1.5 }, 'Invalid request body: delay must be an integer'],
    [{ ...good, replyPrivate: 'yes' }, 'Invalid request body: replyPrivate must be a boolean'],
    [{ ...good, linkPreview: 1 }, 'Invalid request body: linkPreview must be a boolean'],
    [{ ...good, mention: '5511777777777' }, 'Invalid request body: mention must be an array'],
    [{ ...good, mention: [1] }, 'Invalid request body: mention[0] must be a string'],
    [{ ...good, source: 'x'.repeat(65) }, 'Source must be at most 64 characters'],
    [{ to: 'x'.repeat(1_025), message: 'x' }, 'Number must be at most 1024 characters'],
    [{ ...good, mention: Array(1_025).fill('5511777777777') }, 'Mention must have at most 1024 entries'],
  ]);

  acceptsBodies(PATH, [
    ['the smallest body', good],
    ['the other name of number', { to: good.number, message: 'x' }],
    ['the other name of number beside a blank one', { ...good, number: ' ', to: good.number }],
    ['a status', { ...good, number: 'status@broadcast' }],
    ['both names, of which number wins', { ...good, to: 'nonsense' }],
    [
      'null and empty optional fields',
      { ...good, delay: null, replyTo: '', mention: null, source: '', linkPreview: null },
    ],
    ['empty fields of other types', { ...good, delay: '', replyPrivate: '', mention: '', linkPreview: '' }],
    ['blank optional fields', { ...good, replyTo: ' ', source: '\t' }],
    ['unknown fields', { ...good, priority: 'high' }],
    ['characters that take two units', { ...good, message: '😀'.repeat(65_536) }],
  ]);

  const sender = unlinkedSender();
  test('the account of the instance may send, others may not', async () => {
    const { post, accountToken, strangerToken } = sender();
    expect((await post(PATH, good, accountToken)).status).toBe(503);
    expect((await post(PATH, good, strangerToken)).status).toBe(403);
    expect((await post(PATH, good, 'wrong')).status).toBe(401);
  });
});
