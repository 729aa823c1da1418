import { deadline } from '../../async/deadline.ts';
import type { Semaphore } from '../../async/semaphore.ts';
import type { Clock } from '../../clock.ts';
import { Failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CloseReason, Link, PairingOptions, SessionWatcher } from '../../whatsapp/link.ts';
import type { PasskeyFailure } from '../../whatsapp/passkey/port.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { PasskeyCeremonies } from '../passkey/ceremonies.ts';
import type { ConnectAnswer, LiveState } from '../supervisor.ts';
import { afterClose } from './after-close.ts';
import { ConnectionSlot } from './connection-slot.ts';
import { CONNECTION_CLOSED, connectFailed, reconnectFailed, type Why } from './failures.ts';
import { Generation, type Purpose } from './generation.ts';
import { liveState, type Phase } from './live-state.ts';
import { PairingAttempt } from './pairing-attempt.ts';
import { watchPairing } from './pairing-watcher.ts';
import { Reconnects } from './reconnects.ts';
import type { StateLog } from './state-log.ts';
import { StateReports } from './state-reports.ts';
import { openToUnlink, unlinkAndForget } from './unlinking.ts';

const TRANSPORT_DEADLINE_MS = 10_000;
const PAIRING_CODE_LIFE_MS = 3 * 60_000;
/** WhatsApp ends the connection of a paired device within a second or two. */
const PAIRED_CLOSE_MS = 20_000;

export interface RunnerTools {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  log: Logger;
  /** Bounds how many connections open at the same time, over all instances. */
  openings: Semaphore;
  link: Link;
  states: StateLog;
  passkeys: Pick<PasskeyCeremonies, 'changed' | 'ended'>;
  /** Called with every session that opens; it handles its own failures. */
  opened(instanceId: string, session: Session): void;
}

/**
 * Drives one instance: at most one socket, at most one pairing attempt. Every command starts a generation; what an
 * earlier generation still has under way changes nothing any more.
 */
export class Runner {
  readonly #id: string;
  readonly #tools: RunnerTools;
  readonly #reports: StateReports;
  readonly #slot: ConnectionSlot;
  readonly #reconnects: Reconnects;
  #generation = new Generation('rest');
  #phase: Phase = 'idle';
  #held = false;
  #attempt: PairingAttempt | null = null;
  #cancelTimer: () => void = () => {};

  constructor(instanceId: string, tools: RunnerTools) {
    this.#id = instanceId;
    this.#tools = tools;
    this.#reports = new StateReports(instanceId, tools);
    this.#slot = new ConnectionSlot({ instanceId, ...tools });
    this.#reconnects = new Reconnects(tools.random);
  }

  /** Nothing is open, opening or waiting. */
  get idle(): boolean {
    return this.#phase === 'idle';
  }

  /** The last connection ended for good: only a command, or the next start of the process, opens another one. */
  get held(): boolean {
    return this.#held;
  }

  get session(): Session | null {
    return this.#phase === 'open' ? (this.#slot.connection?.session ?? null) : null;
  }

  live(link: InstanceRow['link']): LiveState {
    const presence = this.session?.presence ?? 'unavailable';
    return liveState(this.#phase, { attempt: this.#attempt, presence, link });
  }

  /** Opens the saved session and keeps it open; nothing happens while something is under way. */
  start(): void {
    if (this.idle) void this.#open(this.#begin('resume'));
  }

  /** Closes without touching what is stored; resolves when nothing is left under way. */
  async stop(why: Why = 'the instance was stopped'): Promise<void> {
    this.#begin('rest', why);
    await this.#slot.settled();
  }

  /** Answers with a code for linking a new device, or `connected`. From a scan on it waits for the session. */
  connect(options: PairingOptions): Promise<ConnectAnswer> {
    if (this.session) return Promise.resolve({ status: 'connected' });
    if (this.#attempt?.serves(options)) return this.#attempt.answer();
    return this.#startPairing(options, 'another attempt was started').answer();
  }

  /** Resolves when the transport is open, or after 10 seconds. */
  async reconnect(): Promise<void> {
    const generation = this.#begin('reconnect', 'a reconnect was started');
    await this.#reports.reconnecting();
    void this.#open(generation);
    try {
      await deadline(this.#tools.clock, TRANSPORT_DEADLINE_MS, generation.transport);
    } catch (error) {
      throw reconnectFailed(error);
    }
  }

  /**
   * Unlinks the device and closes; then runs `forget`, before anything opens again. `patient`: a saved device that is
   * not connected is connected first, so that the phone forgets it too. What WhatsApp does not confirm in time is only
   * logged: locally the device is gone anyway. Throws what `forget` throws.
   */
  async unlink({ patient, why }: { patient: boolean; why: Why }, forget: () => Promise<void>): Promise<void> {
    const log = this.#tools.log.child({ instance: this.#id });
    const tools = { clock: this.#tools.clock, log };
    if (patient && !this.session) {
      const generation = this.#begin('unlink', why);
      void this.#open(generation);
      await openToUnlink(generation, tools);
    }
    const connection = this.session ? this.#slot.release() : null;
    // From here on the end of this connection is ours, and not taken for an unlinking by the phone.
    this.#begin('rest', why);
    await unlinkAndForget(this.#slot, connection, forget, tools);
  }

  async #open(generation: Generation): Promise<void> {
    try {
      await this.#slot.openSession(generation, this.#watchSession(generation));
    } catch (error) {
      if (generation.current) this.#couldNotOpen(generation, error);
    }
  }

  #couldNotOpen(generation: Generation, error: unknown): void {
    generation.failed(error);
    if (error instanceof Failure) {
      this.#hold(error);
    } else {
      this.#tools.log.error({ instance: this.#id, err: error }, 'could not open a connection');
      this.#openLater(generation, this.#reconnects.wait({ do: 'retry', wait: null }));
    }
  }

  #watchSession(generation: Generation): SessionWatcher {
    const whileCurrent = (act: () => void) => {
      if (generation.current) act();
    };
    return {
      transportOpen: () => generation.transportOpened(),
      answers: (answers) => whileCurrent(() => void this.#reports.answers(answers)),
      versionRefusedFrom: (at) => whileCurrent(() => void this.#reports.versionRefusedFrom(at)),
      open: () => whileCurrent(() => this.#sessionOpen(generation)),
      closed: (reason) => whileCurrent(() => this.#sessionClosed(generation, reason)),
    };
  }

  #sessionOpen(generation: Generation): void {
    const { clock, opened } = this.#tools;
    this.#phase = 'open';
    this.#reconnects.opened(clock.now());
    generation.opened();
    this.#attempt?.offer({ status: 'connected' });
    this.#leaveAttempt();
    const { session } = this;
    if (!session) return;
    void this.#reports.connected(session.self);
    opened(this.#id, session);
  }

  #sessionClosed(generation: Generation, reason: CloseReason): void {
    const now = this.#tools.clock.now();
    const text = reason.text ?? CONNECTION_CLOSED;
    generation.failed(new Error(text));
    this.#reconnects.closed(now);
    this.#slot.close();
    const after = afterClose(reason, now);
    // The wipe after an unlinking must not meet the next device.
    this.#slot.add(this.#reports.ended(after, this.#slot.settled()));
    const { next } = after;
    if (next.do === 'restart' || next.do === 'retry') {
      const banned = next.do === 'retry' && next.wait !== null;
      if (banned) this.#endAttempt(text);
      this.#openLater(generation, this.#reconnects.wait(next), banned ? 'banned' : 'connecting');
    } else {
      this.#hold(text);
    }
  }

  #openLater(generation: Generation, wait: number, phase: Phase = 'connecting'): void {
    const open = () => {
      this.#phase = 'connecting';
      void this.#open(generation);
    };
    this.#phase = phase;
    if (wait === 0) open();
    else this.#after(wait, generation, open);
  }

  #startPairing(options: PairingOptions, why: Why): PairingAttempt {
    const generation = this.#begin('pairing', why);
    const attempt = new PairingAttempt(options, this.#tools.clock);
    this.#attempt = attempt;
    if (attempt.wantsCode) this.#after(PAIRING_CODE_LIFE_MS, generation, () => this.#unpaired(null));
    void this.#pair(generation, attempt);
    return attempt;
  }

  async #pair(generation: Generation, attempt: PairingAttempt): Promise<void> {
    const watcher = watchPairing({
      generation,
      attempt,
      slot: this.#slot,
      reports: this.#reports,
      onPasskey: (ceremony) => {
        // The ceremony has deadlines of its own.
        this.#cancelTimer();
        this.#tools.passkeys.changed(this.#id, ceremony);
      },
      onPaired: () =>
        this.#after(PAIRED_CLOSE_MS, generation, () => {
          const { connection } = this.#slot;
          if (connection) void this.#slot.closed(connection);
        }),
      onClosed: (linked, reason) => {
        if (linked) this.#openPaired(generation);
        else if (reason.kind === 'passkey') this.#passkeyFailed(attempt, reason);
        else this.#unpaired(reason);
      },
    });
    try {
      await this.#slot.openPairing(generation, attempt.options, watcher);
    } catch (error) {
      if (!generation.current) return;
      this.#endAttempt(error);
      this.#phase = 'idle';
    }
  }

  /** Opens the session of the device that was just linked; calls of the attempt wait for it. */
  #openPaired(generation: Generation): void {
    this.#cancelTimer();
    this.#tools.passkeys.ended(this.#id, 'linked');
    this.#slot.close();
    void this.#open(generation);
  }

  /**
   * The attempt ended without a linked device: the instance goes back to what it was. A saved session is started again
   * by the next comparison of desired and actual state. `reason` is null when its code was not used in time.
   */
  #unpaired(reason: CloseReason | null): void {
    this.#begin(
      'rest',
      reason === null ? 'the pairing code was not used' : (reason.text ?? CONNECTION_CLOSED),
    );
    void this.#reports.unpaired(reason);
  }

  /**
   * Nothing of a failed ceremony serves in another one, so a fresh QR follows; also where a pairing code was wanted,
   * because no caller waits for a new one.
   */
  #passkeyFailed({ options: { historyDays } }: PairingAttempt, reason: CloseReason): void {
    const failure = reason.text as PasskeyFailure;
    this.#tools.passkeys.ended(this.#id, failure);
    void this.#reports.unpaired(reason);
    this.#startPairing(historyDays === undefined ? {} : { historyDays }, failure);
  }

  /** Starts the next generation; everything of the one before ends. A text is a reason that each waiting call words. */
  #begin(purpose: Purpose, why: Why = CONNECTION_CLOSED): Generation {
    this.#generation.end(typeof why === 'string' ? new Error(why) : why);
    this.#endAttempt(why);
    this.#slot.close();
    this.#generation = new Generation(purpose);
    this.#phase = purpose === 'rest' ? 'idle' : 'connecting';
    this.#held = false;
    return this.#generation;
  }

  /** Stays down until the next command. */
  #hold(why: unknown): void {
    this.#endAttempt(why);
    this.#phase = 'idle';
    this.#held = true;
  }

  #endAttempt(why: unknown): void {
    if (this.#attempt) {
      this.#attempt.end(connectFailed(why));
      this.#tools.passkeys.ended(this.#id, 'passkey_cancelled');
    }
    this.#leaveAttempt();
  }

  #leaveAttempt(): void {
    this.#cancelTimer();
    this.#attempt = null;
  }

  /** Runs `act` after `ms` if the generation is still current then. One timer at a time. */
  #after(ms: number, generation: Generation, act: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#tools.clock.after(ms, () => {
      if (generation.current) act();
    });
  }
}
