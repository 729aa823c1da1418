import { expect, test } from 'vitest';
import { SendFailed } from '../whatsapp/session.ts';
import { refusalReason } from './refusal.ts';

test.each<[SendFailed['reason'], string]>([
  [{ kind: 'refused', code: 403, text: 'forbidden' }, 'forbidden'],
  [{ kind: 'refused', code: 475 }, 'code 475'],
  [{ kind: 'throttled' }, 'rate-overlimit'],
  [{ kind: 'timed_out' }, 'timed out'],
  [{ kind: 'unacknowledged' }, 'timed out'],
  [{ kind: 'not_connected' }, 'not connected'],
])('the public reason of a part that failed of $0.kind is $1', (reason, text) => {
  expect(refusalReason(new SendFailed(reason))).toBe(text);
});

test('a defect is no reason', () => {
  expect(() => refusalReason(new TypeError('a defect'))).toThrow('a defect');
});
