import { describe, expect, it } from 'vitest';
import { Reconnects } from './reconnects.ts';

const RETRY = { do: 'retry', wait: null } as const;
const RESTART = { do: 'restart' } as const;
const reconnects = () => new Reconnects(() => 0);

describe('the wait before the next connection', () => {
  it('grows with every failure', () => {
    const waits = reconnects();
    expect([1, 2, 3].map(() => waits.wait(RETRY))).toEqual([500, 1_000, 2_000]);
  });

  it('is none when WhatsApp demands a restart, but only once', () => {
    const waits = reconnects();
    expect([waits.wait(RESTART), waits.wait(RESTART)]).toEqual([0, 1_000]);
  });

  it('is that of a ban whose end is known', () => {
    expect(reconnects().wait({ do: 'retry', wait: 3_600_000 })).toBe(3_600_000);
  });

  it('starts anew after a session that stayed open for a minute, and not after a shorter one', () => {
    const waits = reconnects();
    waits.wait(RETRY);
    waits.opened(0);
    waits.closed(59_999);
    expect(waits.wait(RETRY)).toBe(1_000);
    waits.opened(100_000);
    waits.closed(160_000);
    expect(waits.wait(RETRY)).toBe(500);
    waits.closed(900_000);
    expect(waits.wait(RETRY), 'no session was open in between').toBe(1_000);
  });
});
