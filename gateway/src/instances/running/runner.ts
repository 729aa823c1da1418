import { deadline } from '../../async/deadline.ts';
import type { Semaphore } from '../../async/semaphore.ts';
import type { Clock } from '../../clock.ts';
import { Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CloseReason } from '../../whatsapp/baileys/close-reason.ts';
import type { Connection } from '../../whatsapp/baileys/connection.ts';
import type { ConnectionWatcher } from '../../whatsapp/baileys/connection-options.ts';
import type { DeviceAuth, LinkedDevices, PairingAuth } from '../../whatsapp/baileys/keys/linked-device.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { ConnectAnswer, LiveState } from '../supervisor.ts';
import { afterClose } from './after-close.ts';
import { reconnectDelay } from './backoff.ts';
import { endTurn, newTurn, type Turn } from './generation.ts';
import { PairingAttempt, type PairingOptions } from './pairing-attempt.ts';
import type { StateLog } from './state-log.ts';
import { StateReports } from './state-reports.ts';

const TRANSPORT_DEADLINE_MS = 10_000;
const UNLINK_DEADLINE_MS = 15_000;
const PAIRING_CODE_LIFE_MS = 3 * 60_000;
/** A session that stayed open this long was a good one: the next failure starts the backoff anew. */
const STABLE_MS = 60_000;

export interface RunnerTools {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  log: Logger;
  openings: Semaphore;
  devices: LinkedDevices;
  states: StateLog;
  /** Turns what earlier connections left in the journal into events. */
  recover(instanceId: string, auth: DeviceAuth): Promise<void>;
  open(
    instance: InstanceRow,
    auth: DeviceAuth,
    pairing: PairingOptions | null,
    watcher: ConnectionWatcher,
  ): Connection;
  /** What is done on a session that just opened (presence, picture); its failures are its own. */
  settleIn(instanceId: string, session: Session): void;
}

type Phase = 'idle' | 'connecting' | 'open' | 'banned';

/** Drives one instance: at most one socket, at most one pairing attempt. */
export class Runner {
  readonly #id: string;
  readonly #tools: RunnerTools;
  readonly #reports: StateReports;
  #turn: Turn = newTurn();
  #phase: Phase = 'idle';
  #parked = false;
  #connection: Connection | null = null;
  /** The end of every earlier socket: the next one waits for it. */
  #closing: Promise<unknown> = Promise.resolve();
  #attempt: PairingAttempt | null = null;
  #cancelTimer: () => void = () => {};
  #failures = 0;
  #openedAt = 0;

  constructor(instanceId: string, tools: RunnerTools) {
    this.#id = instanceId;
    this.#tools = tools;
    this.#reports = new StateReports(instanceId, tools);
  }

  /** Nothing is open, opening or waiting. */
  get idle(): boolean {
    return this.#phase === 'idle' && !this.#attempt;
  }

  /** Stays down until somebody asks or the process starts again, whatever the stored wish says. */
  get parked(): boolean {
    return this.#parked;
  }

  get session(): Session | null {
    return this.#phase === 'open' ? (this.#connection?.session ?? null) : null;
  }

  live(link: InstanceRow['link']): LiveState {
    const presence = this.session?.presence ?? 'unavailable';
    if (this.#attempt) {
      const awaited = this.#attempt.wantsCode ? 'pairing code' : 'QR code';
      return { state: 'connecting', display: `Waiting for ${awaited}`, presence };
    }
    if (this.#phase === 'open') return { state: 'connected', display: 'Connected', presence };
    if (this.#phase === 'connecting') return { state: 'connecting', display: 'Connecting', presence };
    if (this.#phase === 'banned') return { state: 'disconnected', display: 'Temporarily banned', presence };
    return dormant(link);
  }

  /** Opens the saved session and keeps it open; nothing happens while something is under way. */
  start(): void {
    if (!this.idle) return;
    const turn = this.#takeTurn();
    void this.#open(turn, null);
  }

  /** Closes without touching what is stored. */
  async stop(why: Failure | string = 'the instance was stopped'): Promise<void> {
    this.#takeTurn(why);
    this.#phase = 'idle';
    await this.#closing;
  }

  connect(options: PairingOptions): Promise<ConnectAnswer> {
    if (this.session) return Promise.resolve({ status: 'connected' });
    if (this.#attempt?.serves(options)) return this.#attempt.answer();
    const turn = this.#takeTurn('another attempt was started');
    const attempt = new PairingAttempt(options, this.#tools.clock);
    this.#attempt = attempt;
    if (attempt.wantsCode) {
      this.#cancelTimer = this.#tools.clock.after(PAIRING_CODE_LIFE_MS, () => this.#unpaired(turn, null));
    }
    void this.#open(turn, attempt);
    return attempt.answer();
  }

  /** Resolves when the transport is open, or after 10 seconds. */
  async reconnect(): Promise<void> {
    const turn = this.#takeTurn('a reconnect was started');
    await this.#reports.reconnecting();
    void this.#open(turn, null);
    try {
      await deadline(this.#tools.clock, TRANSPORT_DEADLINE_MS, turn.transport.promise);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw failure('operation_failed', { text: `Failed to reconnect: ${messageOf(error)}` }, error);
    }
  }

  /**
   * Unlinks the device and closes. `patient`: a linked device that is not connected is connected first, so that the
   * phone forgets it too. What WhatsApp does not confirm in time is only noted: locally the device is gone anyway.
   */
  async unlink(patient: boolean, why: Failure | string = 'the instance was logged out'): Promise<void> {
    const { clock, log } = this.#tools;
    if (patient && !this.session) {
      const turn = this.#takeTurn(why);
      void this.#open(turn, null);
      await deadline(clock, UNLINK_DEADLINE_MS, turn.open.promise).catch((error) =>
        log.info({ instance: this.#id, err: error }, 'could not connect to unlink the device'),
      );
    }
    const connection = this.session ? this.#connection : null;
    // Off turn first: the end of this connection is ours and must not be taken for an unlinking by the phone.
    const gone = connection && this.#detach(why);
    await gone
      ?.logout()
      .catch((error) => log.info({ instance: this.#id, err: error }, 'could not unlink the device'));
    if (gone) this.#retire(gone);
    await this.stop(why);
  }

  async #open(turn: Turn, attempt: PairingAttempt | null): Promise<void> {
    const { openings, states, devices, recover, open } = this.#tools;
    const leave = await openings.enter();
    try {
      await this.#closing;
      const instance = await states.instance(this.#id);
      if (!instance) throw failure('instance_unknown');
      const auth = attempt
        ? devices.fresh()
        : await devices.load(this.#id, (error) => this.#connection?.fail(error));
      if (!auth) throw failure('session_missing');
      if (!attempt) await recover(this.#id, auth);
      if (turn !== this.#turn) return leave();
      const watcher = attempt
        ? this.#watchPairing(turn, leave, attempt, auth as PairingAuth)
        : this.#watchSession(turn, leave);
      this.#connection = open(instance, auth, attempt?.options ?? null, watcher);
    } catch (error) {
      leave();
      if (turn === this.#turn) await this.#couldNotOpen(turn, attempt, error);
    }
  }

  async #couldNotOpen(turn: Turn, attempt: PairingAttempt | null, error: unknown): Promise<void> {
    endTurn(turn, error);
    if (attempt) {
      attempt.end(error instanceof Failure ? error : connectFailed(messageOf(error), error));
      this.#attempt = null;
      this.#phase = 'idle';
    } else if (error instanceof Failure) {
      this.#phase = 'idle';
      this.#parked = true;
    } else {
      this.#tools.log.error({ instance: this.#id, err: error }, 'could not open a connection');
      this.#retry(turn, null);
    }
  }

  #watchSession(turn: Turn, leave: () => void): ConnectionWatcher {
    const onTurn = (act: () => void) => {
      if (turn === this.#turn) act();
    };
    return {
      transportOpen: () => turn.transport.resolve(),
      qr: () => {},
      pairingCode: () => {},
      paired: () => {},
      answers: (answers) => onTurn(() => void this.#reports.answers(answers)),
      open: () => {
        leave();
        onTurn(() => this.#sessionOpen(turn));
      },
      closed: (reason) => {
        leave();
        endTurn(turn, new Error(reason.text ?? 'the connection was closed'));
        onTurn(() => this.#sessionClosed(turn, reason));
      },
    };
  }

  #sessionOpen(turn: Turn): void {
    this.#phase = 'open';
    this.#openedAt = this.#tools.clock.now();
    turn.open.resolve();
    const session = this.session;
    if (!session) return;
    void this.#reports.connected(session.self);
    this.#tools.settleIn(this.#id, session);
  }

  #sessionClosed(turn: Turn, reason: CloseReason): void {
    const now = this.#tools.clock.now();
    if (this.#phase === 'open' && now - this.#openedAt >= STABLE_MS) this.#failures = 0;
    if (this.#connection) this.#retire(this.#connection);
    const after = afterClose(reason, now);
    const { next } = after;
    if (next.do === 'restart' && this.#failures === 0) {
      this.#failures++;
      this.#phase = 'connecting';
      void this.#open(turn, null);
    } else if (next.do === 'restart') {
      this.#retry(turn, null);
    } else if (next.do === 'retry') {
      this.#retry(turn, next.wait);
    } else {
      this.#phase = 'idle';
      this.#parked = true;
    }
    void this.#reports.ended(after, this.#closing);
  }

  #retry(turn: Turn, wait: number | null): void {
    const { clock, random } = this.#tools;
    this.#phase = wait === null ? 'connecting' : 'banned';
    this.#failures++;
    this.#cancelTimer = clock.after(wait ?? reconnectDelay(this.#failures, random()), () => {
      if (turn !== this.#turn) return;
      this.#phase = 'connecting';
      void this.#open(turn, null);
    });
  }

  #watchPairing(
    turn: Turn,
    leave: () => void,
    attempt: PairingAttempt,
    auth: PairingAuth,
  ): ConnectionWatcher {
    let adopted: Promise<boolean> | null = null;
    const onTurn = (act: () => void) => {
      if (turn === this.#turn) act();
    };
    return {
      transportOpen: () => leave(),
      open: () => {},
      answers: () => {},
      qr: (qrCode) =>
        onTurn(() => {
          attempt.offer({ status: 'qr', qrCode });
          void this.#reports.qr(qrCode);
        }),
      pairingCode: (pairingCode) => onTurn(() => attempt.offer({ status: 'pairing', pairingCode })),
      paired: () =>
        onTurn(() => {
          adopted = this.#reports.paired(auth, attempt.options.historyDays);
        }),
      closed: (reason) => {
        leave();
        void this.#pairingClosed(turn, attempt, reason, adopted);
      },
    };
  }

  /** WhatsApp ends the connection of an attempt, with a device (then its session opens next) or without. */
  async #pairingClosed(
    turn: Turn,
    attempt: PairingAttempt,
    reason: CloseReason,
    adopted: Promise<boolean> | null,
  ): Promise<void> {
    const linked = await adopted;
    if (turn !== this.#turn) return;
    if (!linked) return this.#unpaired(turn, reason);
    attempt.end(failure('instance_not_connected'));
    this.#leaveAttempt();
    if (this.#connection) this.#retire(this.#connection);
    this.#phase = 'connecting';
    await this.#open(turn, null);
  }

  /** The attempt ended without a linked device: the instance goes back to what it was. */
  async #unpaired(turn: Turn, reason: CloseReason | null): Promise<void> {
    if (turn !== this.#turn) return;
    this.#takeTurn(reason?.text ?? 'the pairing code was not used');
    // A saved session is started again by the next comparison of wish and state.
    this.#phase = 'idle';
    await this.#reports.unpaired(reason);
  }

  #takeTurn(why: Failure | string = 'the connection was closed'): Turn {
    const old = this.#detach(why);
    if (old) this.#retire(old);
    return this.#turn;
  }

  /** Starts a new turn and hands out the socket of the one before, still open. A text is a reason: each says it its way. */
  #detach(why: Failure | string): Connection | null {
    endTurn(this.#turn, typeof why === 'string' ? new Error(why) : why);
    this.#turn = newTurn();
    this.#attempt?.end(typeof why === 'string' ? connectFailed(why) : why);
    this.#leaveAttempt();
    const old = this.#connection;
    this.#connection = null;
    this.#phase = 'connecting';
    this.#parked = false;
    return old;
  }

  #leaveAttempt(): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    this.#attempt = null;
  }

  /** Closes a socket for good; the next one opens after it. */
  #retire(connection: Connection): void {
    if (connection === this.#connection) this.#connection = null;
    const { log } = this.#tools;
    const closed = connection
      .close()
      .catch((error) =>
        log.error({ instance: this.#id, err: error }, 'could not close a connection cleanly'),
      );
    this.#closing = Promise.all([this.#closing, closed]);
  }
}

/** An instance for which nothing is open, opening or waiting. */
export function dormant(link: InstanceRow['link']): LiveState {
  return link === 'loggedout'
    ? { state: 'loggedout', display: 'Logged out', presence: 'unavailable' }
    : { state: 'disconnected', display: 'Disconnected', presence: 'unavailable' };
}

function connectFailed(reason: string, cause?: unknown): Failure {
  return failure('operation_failed', { text: `Failed to connect: ${reason}` }, cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
