import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/poll/:instance';
const good = { number: '5511999999999', question: 'Which flavor?', options: ['Chocolate', 'Vanilla'] };
const COUNT = 'Options must contain between 2 and 12 items';
const letters = (count: number) => Array.from({ length: count }, (_, index) => `option ${index}`);

describe('POST /api/message/poll/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, question: undefined }, 'Question is required'],
    [{ ...good, question: '\t' }, 'Question is required'],
    [{ ...good, question: '😀'.repeat(256) }, 'Question must be at most 255 characters'],
    [{ ...good, options: undefined }, COUNT],
    [{ ...good, options: null }, COUNT],
    [{ ...good, options: ['one'] }, COUNT],
    [{ ...good, options: letters(13) }, COUNT],
    [{ ...good, options: 'a,b' }, 'Invalid request body: options must be an array'],
    [{ ...good, options: ['a', 2] }, 'Invalid request body: options[1] must be a string'],
    [{ ...good, options: ['a', ' '] }, 'options[1] is required'],
    [{ ...good, options: ['a', null] }, 'options[1] is required'],
    [{ ...good, options: ['a', 'x'.repeat(101)] }, 'options[1] must be at most 100 characters'],
    [{ ...good, options: ['a', 'b', 'a'] }, 'Options must be unique'],
    [{ ...good, options: ['a', 'a\0'] }, 'Options must be unique'],
    [{ ...good, maxAnswer: '1' }, 'Invalid request body: maxAnswer must be an integer'],
    [{ ...good, maxAnswer: 1.5 }, 'Invalid request body: maxAnswer must be an integer'],
  ]);

  acceptsBodies(PATH, [
    ['a long question', { ...good, question: '😀'.repeat(255) }],
    ['twelve options', { ...good, options: letters(12) }],
    ...[0, -1, 13, 1e300, null].map((maxAnswer): [string, object] => [
      `maxAnswer ${maxAnswer}`,
      { ...good, maxAnswer },
    ]),
  ]);
});
