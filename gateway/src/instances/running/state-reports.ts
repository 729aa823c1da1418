import type { AuthenticationCreds } from 'baileys';
import type { Logger } from '../../telemetry/log.ts';
import type { CloseReason } from '../../whatsapp/baileys/close-reason.ts';
import type { LinkedDevices, PairingAuth } from '../../whatsapp/baileys/keys/linked-device.ts';
import type { Self } from '../../whatsapp/session.ts';
import type { AfterClose, StateReport } from './after-close.ts';
import type { StateLog } from './state-log.ts';

/** Baileys' words when WhatsApp's six QR references are used up. */
const QR_REFERENCES_ENDED = 'QR refs attempts ended';

type Report = StateLog['report'] extends (id: string, ...rest: infer R) => Promise<void> ? R : never;

/**
 * What one instance's connection tells the world, each together with what has to be stored at that moment. A report
 * that could not be stored is logged and does not stop the connection: answers say whether it was.
 */
export class StateReports {
  readonly #id: string;
  readonly #states: StateLog;
  readonly #devices: LinkedDevices;
  readonly #log: Logger;
  /** The last trouble: it is told once, however often it is met before the session opens again. */
  #trouble = '';
  /** It stopped answering and has not answered since, on this connection or the next. */
  #silent = false;

  constructor(
    id: string,
    { states, devices, log }: { states: StateLog; devices: LinkedDevices; log: Logger },
  ) {
    this.#id = id;
    this.#states = states;
    this.#devices = devices;
    this.#log = log;
  }

  async connected({ jid, lid }: Self): Promise<void> {
    this.#trouble = '';
    if (this.#silent) await this.answers(true);
    await this.#tell({ state: 'connected' }, { number_jid: jid, lid, temp_banned_until: null });
  }

  async answers(answers: boolean): Promise<void> {
    this.#silent = !answers;
    await this.#tell({ state: answers ? 'keepalive_restored' : 'keepalive_timeout' });
  }

  reconnecting(): Promise<boolean> {
    return this.#tell({ state: 'manual_reconnect', reason: 'requested' }, { desired: 'running' });
  }

  /** The end of a session. `closed`: its socket has written its last key. */
  async ended({ next, report }: AfterClose, closed: Promise<unknown>): Promise<void> {
    if (!report) return;
    if (next.do === 'unlinked') {
      await closed;
      await this.#tell(report, { link: 'loggedout', desired: 'stopped' }, async (trx) => {
        if (next.wipe) await this.#devices.wipe(trx, this.#id);
      });
    } else {
      await this.#tellTrouble(report, next.do === 'stop' && !next.forgiving ? { desired: 'stopped' } : {});
    }
  }

  qr(code: string): Promise<boolean> {
    return this.#tell({ state: 'qr_ready', codes: [code] });
  }

  /** Makes a paired device the instance's own; `historyDays` as in `PairingOptions`. */
  paired(auth: PairingAuth, historyDays?: number | null): Promise<boolean> {
    const history_days = historyDays === undefined ? null : (historyDays ?? 0);
    return this.#tell({ state: 'pair_success' }, { ...linked(auth.state.creds), history_days }, (trx) =>
      this.#devices.adopt(trx, this.#id, auth),
    );
  }

  /** A pairing attempt ended without a device; null: its code was not used in time. */
  unpaired(reason: CloseReason | null): Promise<boolean> {
    return reason === null || reason.text === QR_REFERENCES_ENDED
      ? this.#tell({ state: 'disconnected', reason: 'qr_timeout' })
      : this.#tell({ state: 'pair_error', reason: reason.text, code: reason.code });
  }

  async #tellTrouble(report: StateReport, changes: { desired?: 'stopped' }): Promise<void> {
    const trouble = `${report.state}:${report.reason}:${report.code}`;
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    await this.#tell(report, { ...changes, temp_banned_until: report.expiresAt });
  }

  async #tell(...report: Report): Promise<boolean> {
    try {
      await this.#states.report(this.#id, ...report);
      return true;
    } catch (error) {
      this.#log.error({ instance: this.#id, state: report[0].state, err: error }, 'could not report a state');
      return false;
    }
  }
}

function linked({ me, platform }: AuthenticationCreds) {
  return {
    link: 'linked',
    desired: 'running',
    number_jid: me?.id ? withoutDevice(me.id) : null,
    lid: me?.lid ? withoutDevice(me.lid) : null,
    profile_name: me?.name ?? '',
    // WhatsApp's names for the business apps on Android and iOS.
    is_business: platform === 'smba' || platform === 'smbi' ? 1 : 0,
    business_name: '',
  } as const;
}

function withoutDevice(jid: string): string {
  return jid.replace(/:\d+@/, '@');
}
