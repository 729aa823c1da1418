import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import type { SendFailed } from '../../session.ts';
import { Acknowledgements } from './acks.ts';

function setup() {
  const clock = new TestClock();
  const late: [string, number | null][] = [];
  const acks = new Acknowledgements(clock, (id, code) => late.push([id, code]));
  const ack = (id: string, error?: string) =>
    acks.take({ tag: 'ack', attrs: { id, class: 'message', ...(error ? { error } : {}) } });
  const reason = (sent: Promise<void>) =>
    sent.then(
      () => 'acknowledged',
      (error: SendFailed) => error.reason,
    );
  return { clock, late, acks, ack, reason };
}

describe('acknowledgements', () => {
  it('end the send that has their id, and no other', async () => {
    const { acks, ack, reason } = setup();
    const first = acks.expect('A');
    const second = acks.expect('B');
    ack('B');
    await expect(reason(second.acknowledged)).resolves.toBe('acknowledged');
    ack('A', '479');
    await expect(reason(first.acknowledged)).resolves.toEqual({ kind: 'refused', code: 479 });
  });

  it('are missed after 20 seconds, and reported when they come later', async () => {
    const { clock, late, acks, ack, reason } = setup();
    const sent = acks.expect('A');
    clock.advance(20_000);
    await expect(reason(sent.acknowledged)).resolves.toEqual({ kind: 'unacknowledged' });
    ack('A');
    ack('B', '463');
    expect(late).toEqual([
      ['A', null],
      ['B', 463],
    ]);
  });

  it('are unknown when the connection breaks after the hand-over', async () => {
    const { acks, reason } = setup();
    const sent = acks.expect('A');
    acks.connectionLost();
    await expect(reason(sent.acknowledged)).resolves.toEqual({ kind: 'unacknowledged' });
  });
});
