import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { OfflineDrain } from './offline-drain.ts';

/** A server that holds `waiting` stanzas, sends `window` for each ask, and then the end of the queue. */
function serverWith(
  waiting: number,
  { window = 200, room = () => true }: { window?: number; room?: () => boolean } = {},
) {
  const clock = new TestClock();
  const asks: number[] = [];
  let left = waiting;
  let ended = false;
  let deaf = false;
  const send = (count: number) => {
    for (let sent = 0; sent < count && left > 0; sent++, left--) drain.progress();
    if (left > 0) return;
    ended = true;
    drain.end();
  };
  const drain = new OfflineDrain({
    clock,
    room,
    ask: () => {
      asks.push(clock.now());
      send(window);
    },
    onDeaf: () => {
      deaf = true;
    },
  });
  return {
    clock,
    asks,
    drain,
    left: () => left,
    ended: () => ended,
    deaf: () => deaf,
    login() {
      drain.begin();
      drain.announced();
      send(5);
    },
    pass(ms: number) {
      for (let passed = 0; passed < ms && !ended; passed += 50) clock.advance(50);
    },
  };
}

describe('the offline queue', () => {
  it.each([0, 5, 106, 1_000, 10_000])('of %i stanzas is drained to its end', (waiting) => {
    const server = serverWith(waiting);
    server.login();
    server.pass(60_000);
    expect([server.ended(), server.left(), server.deaf()]).toEqual([true, 0, false]);
  });

  it('is asked for at most once in 100 ms, and not after its end', () => {
    const server = serverWith(3_000, { window: 7 });
    server.login();
    server.drain.announced();
    server.pass(120_000);
    const gaps = server.asks.slice(1).map((at, n) => at - (server.asks[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
    const asked = server.asks.length;
    server.clock.advance(60_000);
    expect([server.ended(), server.asks.length]).toEqual([true, asked]);
  });

  it('waits while there is no room for more, and does not take its own slowness for silence', () => {
    let room = false;
    const server = serverWith(500, { room: () => room });
    server.login();
    server.pass(300_000);
    expect([server.asks.length, server.deaf(), server.left()]).toEqual([0, false, 495]);
    room = true;
    server.pass(1_000);
    expect([server.ended(), server.deaf()]).toEqual([true, false]);
  });

  it('of a server that sends nothing for 45 seconds makes the session deaf, once', () => {
    const server = serverWith(500, { window: 0 });
    server.login();
    server.pass(44_900);
    expect(server.deaf()).toBe(false);
    server.pass(300);
    expect(server.deaf()).toBe(true);
    // An ask may have been lost, so it is repeated, slowly.
    expect(server.asks.length).toBeGreaterThan(1);
    expect(server.asks.length).toBeLessThan(12);
  });

  it('starts the 45 seconds anew with each stanza', () => {
    const server = serverWith(500, { window: 0 });
    server.login();
    for (let n = 0; n < 10; n++) {
      server.pass(40_000);
      server.drain.progress();
    }
    expect(server.deaf()).toBe(false);
    server.pass(45_200);
    expect(server.deaf()).toBe(true);
  });

  it('is asked for without an announcement', () => {
    const server = serverWith(300);
    server.drain.begin();
    server.pass(10_000);
    expect(server.ended()).toBe(true);
  });
});
