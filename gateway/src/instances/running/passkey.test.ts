import { afterEach, describe, expect, it } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import type { PasskeyFailure, PasskeyPort, PasskeyStatus, PasskeyView } from '../../whatsapp/passkey/port.ts';
import { type ScriptedInstances, scriptInstances } from './testing/scripted-instances.ts';

const [sqlite] = databases;
const EXPIRES_AT = Date.UTC(2026, 10, 30, 12);

/** A ceremony that shows what the test wants. */
class ScriptedCeremony implements PasskeyPort {
  shown: PasskeyView | null;

  constructor(status: PasskeyStatus, code: string | null = null) {
    this.shown = { status, id: 'one', publicKey: null, expiresAt: EXPIRES_AT, code, skipConfirmation: null };
  }

  view() {
    return this.shown;
  }
  respond() {}
  confirm() {}
  cancel() {}
}

const failed = (text: PasskeyFailure) => ({ kind: 'passkey', code: null, text, banSeconds: null }) as const;

describe('an attempt in which WhatsApp asks for the passkey', () => {
  let running: ScriptedInstances;

  async function asked(ceremony: ScriptedCeremony, options: { number?: string; historyDays?: number } = {}) {
    running = scriptInstances(await sqlite!.open());
    const instance = await running.addInstance();
    await running.supervisor.connect(instance, options);
    const attempt = running.pairing(instance.id)!;
    attempt.passkey(ceremony);
    await running.settle();
    const states = async () => {
      const rows = await running.db
        .selectFrom('events')
        .select('data')
        .where('instance_id', '=', instance.id)
        .orderBy('id')
        .execute();
      return rows
        .map(({ data }) => JSON.parse(data))
        .map(({ state, reason, codes, expiresAt }) => ({ state, reason, codes, expiresAt }));
    };
    return { ...running, instance, attempt, states };
  }

  afterEach(async () => {
    await running.supervisor.stop();
    expect(running.link.violations).toEqual([]);
  });

  it('answers every connect call with the ceremony, and none starts over', async () => {
    const ceremony = new ScriptedCeremony('required');
    const { supervisor, instance, pairing, attempt } = await asked(ceremony);
    for (const options of [{}, { historyDays: 3 }, { number: '5511999999999' }]) {
      const answer = await supervisor.connect(instance, options);
      expect(answer).toEqual({ status: 'passkey', passkey: ceremony.shown });
    }
    expect(pairing(instance.id)).toBe(attempt);
  });

  it.each([
    ['required', 'Passkey required'],
    ['verifying', 'Connecting'],
    ['confirmation', 'Waiting for passkey confirmation'],
    ['finishing', 'Connecting'],
  ] as const)('shows %s as "%s"', async (status, display) => {
    const { supervisor, instance } = await asked(new ScriptedCeremony(status));
    expect(supervisor.live(instance)).toMatchObject({ state: 'connecting', display });
  });

  it('reports what the user is to do, and nothing in between', async () => {
    const ceremony = new ScriptedCeremony('required');
    const { attempt, settle, states } = await asked(ceremony);
    for (const [status, code] of [
      ['verifying', null],
      ['confirmation', 'YD9J-DN9Q'],
      ['finishing', null],
    ] as const) {
      ceremony.shown = { ...ceremony.shown!, status, code };
      attempt.passkey(ceremony);
      await settle();
    }
    const expiresAt = '2026-11-30T12:00:00Z';
    expect((await states()).slice(1)).toEqual([
      { state: 'passkey_required', reason: null, codes: [], expiresAt },
      { state: 'passkey_confirmation', reason: null, codes: ['YD9J-DN9Q'], expiresAt },
    ]);
  });

  it('is not cut off by the life of its pairing code', async () => {
    const { supervisor, instance, pass } = await asked(new ScriptedCeremony('required'), {
      number: '5511999999999',
    });
    await pass(10 * 60);
    expect(supervisor.live(instance).display).toBe('Passkey required');
  });

  it.each(['passkey_timeout', 'passkey_no_answer', 'passkey_rejected', 'passkey_cancelled'] as const)(
    'says why it failed (%s), and shows a fresh QR',
    async (reason) => {
      const ceremony = new ScriptedCeremony('required');
      const { attempt, passkeys, instance, settle, pairing, states, supervisor } = await asked(ceremony);
      ceremony.shown = null;
      attempt.passkey(ceremony);
      attempt.end(failed(reason));
      await settle();
      expect((await states()).slice(2)).toEqual([
        { state: 'pair_error', reason, codes: [], expiresAt: null },
        { state: 'qr_ready', reason: null, codes: ['qr'], expiresAt: null },
      ]);
      expect(passkeys.latest(instance.id)?.outcome).toBe(reason);
      expect(pairing(instance.id)).not.toBe(attempt);
      expect(await supervisor.connect(instance, {})).toEqual({ status: 'qr', qrCode: 'qr' });
    },
  );

  it('shows a fresh QR after a pairing code too, because nobody would be given a new code', async () => {
    const { attempt, instance, settle, supervisor } = await asked(new ScriptedCeremony('required'), {
      number: '5511999999999',
    });
    attempt.end(failed('passkey_no_answer'));
    await settle();
    expect(await supervisor.connect(instance, {})).toEqual({ status: 'qr', qrCode: 'qr' });
  });

  it('ends as linked once the device is the instance’s own', async () => {
    const ceremony = new ScriptedCeremony('finishing');
    const { attempt, passkeys, instance, settle, supervisor, instanceOf } = await asked(ceremony);
    ceremony.shown = null;
    attempt.passkey(ceremony);
    attempt.scan();
    await settle();
    expect(passkeys.latest(instance.id)?.outcome).toBe('linked');
    expect(supervisor.live(await instanceOf(instance.id)).state).toBe('connected');
  });

  it('ends as cancelled when another command comes', async () => {
    const { passkeys, instance, supervisor } = await asked(new ScriptedCeremony('required'));
    await supervisor.logout(instance);
    expect(passkeys.latest(instance.id)?.outcome).toBe('passkey_cancelled');
  });
});
