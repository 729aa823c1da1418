import type { Logger } from '../../telemetry/log.ts';
import type { CloseReason, Link, PairedDevice } from '../../whatsapp/link.ts';
import type { PasskeyView } from '../../whatsapp/passkey/port.ts';
import type { Self } from '../../whatsapp/session.ts';
import type { AfterClose, StateReport } from './after-close.ts';
import type { StateLog } from './state-log.ts';

type Report = StateLog['report'] extends (id: string, ...rest: infer R) => Promise<void> ? R : never;

/**
 * What is reported of one instance's connection, each together with what has to be stored at that moment. A report
 * that could not be stored is logged and does not stop the connection: the returned promises say whether it was.
 */
export class StateReports {
  readonly #id: string;
  readonly #states: StateLog;
  readonly #link: Pick<Link, 'wipe'>;
  readonly #log: Logger;
  /** The last trouble: it is reported once, however often it is met before the session opens again. */
  #trouble = '';
  /** It stopped answering and has not answered since, on this connection or the next. */
  #silent = false;
  /** The date of the last announcement: it is reported once, however often WhatsApp repeats it. */
  #versionRefusedFrom: number | null = null;

  constructor(
    id: string,
    { states, link, log }: { states: StateLog; link: Pick<Link, 'wipe'>; log: Logger },
  ) {
    this.#id = id;
    this.#states = states;
    this.#link = link;
    this.#log = log;
  }

  async connected({ jid, lid }: Self): Promise<void> {
    this.#trouble = '';
    if (this.#silent) await this.answers(true);
    await this.#report({ state: 'connected' }, { number_jid: jid, lid, temp_banned_until: null });
  }

  async answers(answers: boolean): Promise<void> {
    this.#silent = !answers;
    await this.#report({ state: answers ? 'keepalive_restored' : 'keepalive_timeout' });
  }

  /** `client_outdated` ahead of time: without WhatsApp's code, and with the date. */
  async versionRefusedFrom(at: number): Promise<void> {
    if (at === this.#versionRefusedFrom) return;
    this.#versionRefusedFrom = at;
    await this.#report({ state: 'client_outdated', expiresAt: at });
  }

  /** A logout that came in between is kept: without a device the instance must not be marked as one that runs. */
  reconnecting(): Promise<boolean> {
    // The desired state is another one from here on: the next trouble is stored also when it is the same as before.
    this.#trouble = '';
    return this.#report({ state: 'manual_reconnect', reason: 'requested' }, undefined, async (trx) => {
      await trx
        .updateTable('instances')
        .set({ desired: 'running' })
        .where('id', '=', this.#id)
        .where('link', '=', 'linked')
        .execute();
    });
  }

  /** The end of a session. `closed`: its socket has written its last key; a wipe before that would leave that key behind. */
  async ended({ next, report }: AfterClose, closed: Promise<unknown>): Promise<void> {
    if (!report) return;
    if (next.do === 'unlinked') {
      await closed;
      await this.#report(report, { link: 'loggedout', desired: 'stopped' }, async (trx) => {
        if (next.wipe) await this.#link.wipe(trx, this.#id);
      });
    } else {
      await this.#reportTrouble(report, next.do === 'stop' && !next.forgiving ? { desired: 'stopped' } : {});
    }
  }

  qr(code: string): Promise<boolean> {
    return this.#report({ state: 'qr_ready', codes: [code] });
  }

  /** What the passkey ceremony waits for, where that is the user. */
  async passkey({ status, expiresAt, code }: PasskeyView): Promise<void> {
    if (status === 'required') await this.#report({ state: 'passkey_required', expiresAt });
    if (status === 'confirmation')
      await this.#report({ state: 'passkey_confirmation', expiresAt, codes: code ? [code] : [] });
  }

  /** Makes a paired device the instance's own; `historyDays` as in `PairingOptions`. */
  paired(device: PairedDevice, historyDays?: number | null): Promise<boolean> {
    this.#trouble = '';
    const changes = {
      link: 'linked',
      desired: 'running',
      number_jid: device.jid,
      lid: device.lid,
      profile_name: device.name,
      is_business: device.isBusiness ? 1 : 0,
      business_name: '',
      history_days: historyDays === undefined ? null : (historyDays ?? 0),
    } as const;
    return this.#report({ state: 'pair_success' }, changes, (trx) => device.adopt(trx));
  }

  /** A pairing attempt ended without a device; null: its code was not used in time. */
  unpaired(reason: CloseReason | null): Promise<boolean> {
    return reason === null || reason.kind === 'codes'
      ? this.#report({ state: 'disconnected', reason: 'qr_timeout' })
      : this.#report({ state: 'pair_error', reason: reason.text, code: reason.code });
  }

  async #reportTrouble(report: StateReport, changes: { desired?: 'stopped' }): Promise<void> {
    const trouble = `${report.state}:${report.reason}:${report.code}`;
    if (trouble === this.#trouble) return;
    const stored = await this.#report(report, { ...changes, temp_banned_until: report.expiresAt });
    if (stored) this.#trouble = trouble;
  }

  async #report(...report: Report): Promise<boolean> {
    try {
      await this.#states.report(this.#id, ...report);
      return true;
    } catch (error) {
      this.#log.error({ instance: this.#id, state: report[0].state, err: error }, 'could not report a state');
      return false;
    }
  }
}
