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

  it('gives a code that took the place of another one to the next equal call, once', async () => {
    const attempt = new PairingAttempt({ number: '5511999999999' }, new TestClock());
    const pairing = (pairingCode: string) => ({ status: 'pairing', pairingCode }) as const;
    attempt.offer(pairing('ABCD-EFGH'));
    attempt.offer(pairing('JKLM-NPQR'));
    expect(attempt.serves({})).toBe(false);
    expect(attempt.serves({ number: '5511999999999' })).toBe(true);
    await expect(attempt.answer()).resolves.toEqual(pairing('JKLM-NPQR'));
    expect(attempt.serves({ number: '5511999999999' })).toBe(false);
  });

  it('answers those who wait with the passkey ceremony, and is joined by every call while one is there', async () => {
    const attempt = new PairingAttempt({ historyDays: 7 }, new TestClock());
    const waiting = attempt.answer();
    const passkey = {
      status: 'required',
      id: 'one',
      publicKey: {},
      expiresAt: 1,
      code: null,
      skipConfirmation: null,
    } as const;
    attempt.asksForPasskey({ view: () => passkey, respond() {}, confirm() {}, cancel() {} });
    await expect(waiting).resolves.toEqual({ status: 'passkey', passkey });
    expect(attempt.serves({ historyDays: 5 })).toBe(true);
    expect(attempt.serves({ number: '5511999999999' })).toBe(true);
    await expect(attempt.answer()).resolves.toEqual({ status: 'passkey', passkey });
  });
});
