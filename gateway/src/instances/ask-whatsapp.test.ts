import { expect, test } from 'vitest';
import { type Failure, failure } from '../failure.ts';
import { errorAnswer } from '../http/errors.ts';
import { TestClock } from '../testing/test-clock.ts';
import { SendFailed } from '../whatsapp/session.ts';
import { askWithinAMinute, failedTo } from './ask-whatsapp.ts';

const archiving = (work: () => Promise<unknown>, clock = new TestClock()) =>
  askWithinAMinute(clock, failedTo('archive chat'), work);
const answer = async (work: () => Promise<unknown>, clock?: TestClock) =>
  errorAnswer((await archiving(work, clock).catch((error) => error)) as Failure);
const rejects = (reason: SendFailed['reason']) => () => Promise.reject(new SendFailed(reason));

test.each<[SendFailed['reason'], number, string]>([
  [{ kind: 'not_connected' }, 503, 'Instance is not connected to WhatsApp'],
  [{ kind: 'throttled' }, 429, 'WhatsApp rate limit reached. Try again later.'],
  [{ kind: 'timed_out' }, 500, 'failed to archive chat: timed out'],
  [{ kind: 'unacknowledged' }, 500, 'failed to archive chat: timed out'],
  [{ kind: 'refused', code: 403, text: 'forbidden' }, 500, 'failed to archive chat: forbidden'],
  [{ kind: 'refused', code: 479 }, 500, 'failed to archive chat: WhatsApp refused it (code 479)'],
  [{ kind: 'failed', text: 'no such file' }, 500, 'failed to archive chat: no such file'],
])('%j is answered as %i %s', async (reason, status, message) => {
  expect(await answer(rejects(reason))).toMatchObject({ status, body: { error: { message } } });
});

test('what WhatsApp does not answer within a minute has timed out', async () => {
  const clock = new TestClock();
  const late = answer(() => new Promise(() => {}), clock);
  clock.advance(60_000);
  expect(await late).toMatchObject({
    status: 500,
    body: { error: { message: 'failed to archive chat: timed out' } },
  });
  expect(clock.waiting).toBe(0);
});

test('a failure that is not WhatsApp’s is passed on', async () => {
  const refused = failure('number_unregistered');
  await expect(archiving(() => Promise.reject(refused))).rejects.toBe(refused);
});
