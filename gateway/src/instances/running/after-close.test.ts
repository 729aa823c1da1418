import { describe, expect, it } from 'vitest';
import type { CloseReason } from '../../whatsapp/link.ts';
import { afterClose } from './after-close.ts';

const closed = (
  kind: CloseReason['kind'],
  code: number | null,
  rest: Partial<CloseReason> = {},
): CloseReason => ({
  kind,
  code,
  text: null,
  banSeconds: null,
  ...rest,
});

describe('after a connection closed', () => {
  it.each([
    [closed('stream', 515), 'restart', null, null],
    [closed('stream', 401), 'unlinked', 'logged_out', 'device_removed'],
    [closed('login', 401), 'unlinked', 'logged_out', 'device_removed'],
    [closed('unlinked', 401), 'unlinked', 'logged_out', 'requested'],
    [closed('login', 403), 'unlinked', 'logged_out', 'account_locked'],
    [closed('login', 406), 'unlinked', 'logged_out', 'account_locked'],
    [closed('stream', 440), 'stop', 'stream_replaced', null],
    [closed('login', 402), 'stop', 'temp_banned', null],
    [closed('login', 405), 'stop', 'client_outdated', null],
    [closed('login', 413), 'retry', 'cat_refresh_error', null],
    [closed('login', 414), 'retry', 'cat_refresh_error', null],
    [closed('stream', 503), 'retry', 'disconnected', 'unavailable'],
    [closed('transport', 408), 'retry', 'disconnected', 'connection_lost'],
    [closed('transport', 428), 'retry', 'disconnected', 'connection_closed'],
    [closed('transport', null), 'retry', 'disconnected', 'connection_closed'],
    [closed('stream', 500), 'retry', 'stream_error', null],
    [closed('login', 500, { text: 'try later' }), 'retry', 'connect_failure', 'try later'],
    [closed('ours', null), 'stop', null, null],
  ])('%o leads to %s and reports %s', (reason, next, state, text) => {
    const decision = afterClose(reason, 0);
    expect(decision.next.do).toBe(next);
    expect(decision.report?.state ?? null).toBe(state);
    expect(decision.report?.reason ?? null).toBe(text);
  });

  it('wipes the keys after 401 only', () => {
    const wiped = [401, 402, 403, 405, 406, 408, 413, 428, 440, 500, 503, 515].filter((code) => {
      const { next } = afterClose(closed('stream', code), 0);
      return next.do === 'unlinked' && next.wipe;
    });
    expect(wiped).toEqual([401]);
  });

  it('waits out a temporary ban whose end is known', () => {
    const decision = afterClose(closed('login', 402, { banSeconds: 3_600 }), 1_000);
    expect(decision.next).toEqual({ do: 'retry', wait: 3_600_000 });
    expect(decision.report?.expiresAt).toBe(3_601_000);
  });
});
