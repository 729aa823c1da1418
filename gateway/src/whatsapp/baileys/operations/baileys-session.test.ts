import { Boom } from '@hapi/boom';
import type { WASocket } from 'baileys';
import { expect, test } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { SendFailed } from '../../session.ts';
import { Acknowledgements } from './acks.ts';
import { BaileysSession, type Families } from './baileys-session.ts';

/** A session on an engine of which only the question for numbers works. */
function asking(onWhatsApp: () => Promise<unknown>): BaileysSession {
  const acks = new Acknowledgements(new TestClock(), () => {});
  return new BaileysSession({ onWhatsApp } as unknown as WASocket, acks, {} as Families);
}

test.each([
  [
    'refused',
    new Boom('not-acceptable', { data: 406 }),
    { kind: 'refused', code: 406, text: 'not-acceptable' },
  ],
  ['throttled', new Boom('rate-overlimit', { data: 429 }), { kind: 'throttled' }],
  ['not possible', new TypeError('x'), { kind: 'failed', text: 'the request could not be made' }],
])('a look-up of numbers that is %s fails as every question to WhatsApp', async (_, error, reason) => {
  const looking = asking(() => Promise.reject(error)).lookUpNumbers(['5511999999999']);
  const failed = await looking.catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(SendFailed);
  expect(failed).toMatchObject({ reason });
});

test('a look-up without an answer does not say that the numbers are not on WhatsApp', async () => {
  const looking = asking(async () => undefined).lookUpNumbers(['5511999999999']);
  await expect(looking).rejects.toMatchObject({ reason: { kind: 'timed_out' } });
});
