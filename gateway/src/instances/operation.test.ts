import { expect, test } from 'vitest';
import { type Failure, failure } from '../failure.ts';
import { errorAnswer } from '../http/errors.ts';
import { TestClock } from '../testing/test-clock.ts';
import { SendFailed } from '../whatsapp/session.ts';
import { performed } from './operation.ts';

const told = async (work: () => Promise<unknown>, clock = new TestClock()) =>
  errorAnswer((await performed(clock, 'archive chat', work).catch((error) => error)) as Failure);
const rejects = (reason: SendFailed['reason']) => () => Promise.reject(new SendFailed(reason));

test.each<[SendFailed['reason'], number, string]>([
  [{ kind: 'not_connected' }, 503, 'Instance is not connected to WhatsApp'],
  [{ kind: 'throttled' }, 429, 'WhatsApp rate limit reached. Try again later.'],
  [{ kind: 'timed_out' }, 500, 'failed to archive chat: timed out'],
  [{ kind: 'unacknowledged' }, 500, 'failed to archive chat: timed out'],
  [{ kind: 'refused', code: 403, text: 'forbidden' }, 500, 'failed to archive chat: forbidden'],
  [{ kind: 'refused', code: 479 }, 500, 'failed to archive chat: WhatsApp refused it (code 479)'],
  [{ kind: 'failed', text: 'no such file' }, 500, 'failed to archive chat: no such file'],
])('%j is told as %i %s', async (reason, status, message) => {
  expect(await told(rejects(reason))).toMatchObject({ status, body: { error: { message } } });
});

test('a send that failed is told as the operation, not as a send', async () => {
  const send = () =>
    Promise.reject(failure('message_refused', { code: 479 }, new SendFailed({ kind: 'refused', code: 479 })));
  expect(await told(send)).toMatchObject({
    body: { error: { message: 'failed to archive chat: WhatsApp refused it (code 479)' } },
  });
});

test('what WhatsApp does not answer within a minute has timed out', async () => {
  const clock = new TestClock();
  const answer = told(() => new Promise(() => {}), clock);
  clock.advance(60_000);
  expect(await answer).toMatchObject({
    status: 500,
    body: { error: { message: 'failed to archive chat: timed out' } },
  });
  expect(clock.waiting).toBe(0);
});

test('a failure that is not WhatsApp’s is passed on', async () => {
  const refused = failure('number_unregistered');
  await expect(performed(new TestClock(), 'archive chat', () => Promise.reject(refused))).rejects.toBe(
    refused,
  );
});
