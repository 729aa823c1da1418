import { describe, expect, test } from 'vitest';
import { isGone, judge } from './verdict.ts';

const half = () => 0.5;
const answer = (status: number, retryAfter?: string) => ({ status, retryAfter });

describe('verdict on an attempt', () => {
  test.each([200, 204, 299])('%i is a success', (status) => {
    expect(judge(answer(status), 1, 0, half)).toEqual({ kind: 'delivered', httpStatus: status });
  });

  test.each([
    [300, 'redirect'],
    [308, 'redirect'],
    [400, 'http_status'],
    [404, 'http_status'],
    [429, 'http_status'],
    [503, 'http_status'],
  ])('%i is retried as %s', (status, error) => {
    expect(judge(answer(status), 1, 1_000, half)).toEqual({
      kind: 'retry',
      httpStatus: status,
      error,
      at: 6_000,
    });
  });

  test('no answer is retried under its own name', () => {
    expect(judge({ error: 'dns_error' }, 2, 0, half)).toEqual({
      kind: 'retry',
      httpStatus: null,
      error: 'dns_error',
      at: 300_000,
    });
  });

  test('the receiver’s Retry-After counts on any failure', () => {
    expect(judge(answer(404, '8'), 1, 0, half)).toMatchObject({ at: 8_000 });
    expect(judge(answer(503, '3600'), 1, 0, half)).toMatchObject({ at: 10_000 });
  });

  test('the tenth failure is the last one', () => {
    expect(judge(answer(500), 10, 0, half)).toEqual({ kind: 'dead', httpStatus: 500, error: 'http_status' });
  });

  test('only 410 means gone', () => {
    expect([answer(410), answer(404), { error: 'timeout' as const }].map(isGone)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
