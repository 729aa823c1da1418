import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../testing/test-clock.ts';
import { Watchdog } from './watchdog.ts';

function setup(answers: boolean[]) {
  const clock = new TestClock();
  const reported: string[] = [];
  let probes = 0;
  const watchdog = new Watchdog({
    clock,
    probe: () => (answers[probes++] ? Promise.resolve() : new Promise(() => {})),
    onSilent: () => reported.push('silent'),
    onRestored: () => reported.push('restored'),
    onDeaf: () => reported.push('deaf'),
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  watchdog.start();
  return { clock, watchdog, reported, pass, probes: () => probes };
}

describe('watchdog', () => {
  it('asks every 25 seconds and says nothing while it is answered', async () => {
    const { reported, pass, probes } = setup([true, true, true]);
    for (let n = 0; n < 3; n++) await pass(25_000);
    expect(probes()).toBe(3);
    expect(reported).toEqual([]);
  });

  it('finds a deaf session within 45 seconds', async () => {
    const { reported, pass } = setup([false, false]);
    await pass(25_000);
    await pass(10_000);
    expect(reported).toEqual(['silent']);
    await pass(10_000);
    expect(reported).toEqual(['silent', 'deaf']);
  });

  it('reports when a silent session answers again, and goes on watching', async () => {
    const { reported, pass } = setup([false, true, false, false]);
    await pass(25_000);
    await pass(10_000);
    expect(reported).toEqual(['silent', 'restored']);
    await pass(25_000);
    await pass(10_000);
    await pass(10_000);
    expect(reported).toEqual(['silent', 'restored', 'silent', 'deaf']);
  });

  it('takes a failed probe for an unanswered one', async () => {
    const clock = new TestClock();
    const reported: string[] = [];
    const watchdog = new Watchdog({
      clock,
      probe: () => Promise.reject(new Error('closed')),
      onSilent: () => reported.push('silent'),
      onRestored: () => reported.push('restored'),
      onDeaf: () => reported.push('deaf'),
    });
    watchdog.start();
    clock.advance(25_000);
    await settled();
    expect(reported).toEqual(['silent', 'deaf']);
  });

  it('leaves no timer and says nothing after it was stopped', async () => {
    const { clock, watchdog, reported, pass } = setup([false, false]);
    await pass(25_000);
    watchdog.stop();
    await pass(60_000);
    expect(reported).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
