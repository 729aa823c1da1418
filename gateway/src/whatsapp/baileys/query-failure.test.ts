import { Boom } from '@hapi/boom';
import { expect, test } from 'vitest';
import { SendFailed } from '../session.ts';
import { queryFailure } from './query-failure.ts';

test.each<[string, unknown, SendFailed['reason']]>([
  [
    'WhatsApp refuses',
    new Boom('not-authorized', { data: 401 }),
    { kind: 'refused', code: 401, text: 'not-authorized' },
  ],
  ['WhatsApp throttles', new Boom('rate-overlimit', { data: 429 }), { kind: 'throttled' }],
  ['no answer comes', new Boom('Timed Out', { statusCode: 408 }), { kind: 'timed_out' }],
  ['the connection is gone', new Boom('Connection Closed', { statusCode: 428 }), { kind: 'not_connected' }],
  ['anything else goes wrong', new TypeError('x'), { kind: 'failed', text: 'the request could not be made' }],
  ['it is known already', new SendFailed({ kind: 'timed_out' }), { kind: 'timed_out' }],
])('when %s, the reason says so', (_, error, reason) => {
  expect(queryFailure(error).reason).toEqual(reason);
});
