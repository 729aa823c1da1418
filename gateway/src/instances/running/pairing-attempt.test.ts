import { describe, expect, it } from 'vitest';
import { failure } from '../../failure.ts';
import { TestClock } from '../../testing/test-clock.ts';
import type { PairingOptions } from '../../whatsapp/link.ts';
import { PairingAttempt } from './pairing-attempt.ts';

const qr = (qrCode: string) => ({ status: 'qr', qrCode }) as const;

describe('pairing attempt', () => {
  it('answers all who wait with the first code, and later ones with the newest', async () => {
    const attempt = new PairingAttempt({}, new TestClock());
    const waiting = [attempt.answer(), attempt.answer()];
    attempt.offer(qr('one'));
    await expect(Promise.all(waiting)).resolves.toEqual([qr('one'), qr('one')]);
    attempt.offer(qr('two'));
    await expect(attempt.answer()).resolves.toEqual(qr('two'));
  });

  it.each([
    [{}, 'QR code'],
    [{ number: '5511999999999' }, 'pairing code'],
  ])('gives up a call after 60 seconds without a code (%o)', async (options: PairingOptions, waitingFor) => {
    const clock = new TestClock();
    const answer = new PairingAttempt(options, clock).answer();
    clock.advance(60_000);
    await expect(answer).rejects.toMatchObject({ code: 'connect_timed_out', details: { waitingFor } });
  });

  it('fails those who wait and those who come later when it ends', async () => {
    const attempt = new PairingAttempt({}, new TestClock());
    const waiting = attempt.answer();
    attempt.end(failure('instance_unknown'));
    await expect(waiting).rejects.toMatchObject({ code: 'instance_unknown' });
    await expect(attempt.answer()).rejects.toMatchObject({ code: 'instance_unknown' });
  });

  it('is joined by plain calls while it shows a QR, and by equal calls while they wait', () => {
    const shown = new PairingAttempt({ historyDays: 7 }, new TestClock());
    expect(shown.serves({})).toBe(true);
    expect(shown.serves({ historyDays: 7 })).toBe(true);
    expect(shown.serves({ historyDays: 5 })).toBe(false);
    shown.offer(qr('one'));
    expect(shown.serves({})).toBe(true);
    expect(shown.serves({ historyDays: 7 })).toBe(false);
  });

  it('gives a pairing code to nobody who comes after it was handed out', () => {
    const attempt = new PairingAttempt({ number: '5511999999999' }, new TestClock());
    expect(attempt.serves({ number: '5511999999999' })).toBe(true);
    expect(attempt.serves({})).toBe(false);
    attempt.offer({ status: 'pairing', pairingCode: 'ABCD-EFGH' });
    expect(attempt.serves({ number: '5511999999999' })).toBe(false);
  });
});
