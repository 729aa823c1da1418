import { Boom } from '@hapi/boom';
import {
  type BaileysEventMap,
  type BinaryNode,
  DisconnectReason,
  type ReachoutTimelockState,
  type WASocket,
} from 'baileys';
import type { WebSocket } from 'ws';
import type { CloseReason, LinkConnection } from '../link.ts';
import type { Self } from '../session.ts';
import { AppStateSync } from './app-state/app-state-sync.ts';
import { CLOSED_BY_US, closeReason, passkeyFailed } from './close-reason.ts';
import type { ConnectionOptions, ConnectionWatcher } from './connection-options.ts';
import { openEngine } from './engine.ts';
import { OfflineQueue } from './intake/offline-queue.ts';
import { readStanza } from './intake/read-stanza.ts';
import { answerServerPings } from './intake/server-ping.ts';
import { StanzaIntake } from './intake/stanza-intake.ts';
import { StatusResend } from './intake/status-resend.ts';
import { STORED_FIRST } from './intake/stored-first.ts';
import { TaskQueue } from './intake/task-queue.ts';
import { type EngineListener, translated } from './intake/translated.ts';
import { Acknowledgements } from './operations/acks.ts';
import { BaileysSession } from './operations/baileys-session.ts';
import { createFamilies } from './operations/families.ts';
import { OutputBarrier } from './output-barrier.ts';
import { OwnPicture } from './own-picture.ts';
import { Pairing } from './pairing/pairing.ts';
import { selfOf } from './self.ts';
import { guardSocket } from './socket-guard.ts';
import { watchVersionNotices } from './version-notices.ts';
import { Watchdog } from './watchdog.ts';

const CONNECT_TIMEOUT_MS = 20_000;
/** From the first packet to a session, or to the first code of a pairing attempt. */
const OPEN_DEADLINE_MS = 60_000;
/** With more waiting tasks than this the socket is no longer read. */
const QUEUE_HIGH_WATER = 1_000;
/** With more waiting stanzas and tasks than this the next window of the offline queue is not asked for. */
const OFFLINE_HIGH_WATER = 200;

const LOST = { statusCode: DisconnectReason.connectionLost };

/** One socket to WhatsApp, from its making to its end. */
export class Connection implements LinkConnection {
  readonly session: BaileysSession;
  readonly #socket: WASocket;
  readonly #options: ConnectionOptions;
  readonly #acks: Acknowledgements;
  readonly #messages: EngineListener;
  readonly #tasks: TaskQueue;
  readonly #intake: StanzaIntake;
  readonly #barrier = new OutputBarrier();
  readonly #watchdog: Watchdog;
  readonly #offline: OfflineQueue;
  readonly #appState: AppStateSync;
  /** Null for a saved device. */
  readonly #pairing: Pairing | null;
  #cancelOpening: () => void = () => {};
  #ended = false;
  #aborted = false;
  #closing: Promise<void> | null = null;

  constructor(options: ConnectionOptions) {
    const { auth, listener, clock, log } = options;
    this.#options = options;
    this.#tasks = new TaskQueue({
      clock,
      healthy: options.healthy,
      onBlocked: (blocked, error) => this.#blocked(blocked, error),
      onSetAside: (error, total) => log.error({ err: error, total }, 'set aside what could not be stored'),
    });
    this.#acks = new Acknowledgements(clock, (id, code) => this.#enqueue(() => listener.lateAck(id, code)));
    this.#socket = openEngine(options);
    const asking = { socket: this.#socket, ended: () => this.#ended };
    this.#appState = new AppStateSync({
      ...asking,
      store: options.appState,
      listener,
      enqueue: (task) => this.#enqueued(task),
      fetchOptions: { dispatcher: options.media } as never,
      clock,
      log,
    });
    const families = createFamilies({
      ...asking,
      clock,
      media: options.media,
      appState: this.#appState.appState,
      groupsLearned: (learned, complete) => this.#enqueued(() => listener.groups(learned, complete)),
      ownPictureChanged: () => void picture.read(),
    });
    this.session = new BaileysSession(this.#socket, this.#acks, families);
    const picture = new OwnPicture({
      ws: this.#socket.ws,
      session: this.session,
      self: () => this.#self(),
      onRead: (pictureUrl) => this.#enqueue(() => listener.profile({ pictureUrl })),
      log,
    });
    this.#messages = translated({ listener, self: () => this.#self(), clock, log });
    this.#intake = new StanzaIntake({
      socket: this.#socket,
      journal: options.journal,
      listener: this.#messages,
      queue: this.#tasks,
      clock,
      storing: (event, node) => {
        const self = this.#self();
        return self && STORED_FIRST[event](node, { self, listener, now: clock.now() });
      },
      readAgain: (node) => {
        const { me } = auth.state.creds;
        const { signalRepository: repository } = this.#socket;
        return readStanza(node, { me: { id: me?.id ?? '', lid: me?.lid ?? '' }, repository, log });
      },
      over: () => this.#ended || this.#aborted || !this.#socket.ws.isOpen,
      onBlocked: (blocked, error) => this.#blocked(blocked, error),
      onFailed: (error) => options.log.warn({ err: error }, 'a stanza could not be handled'),
      onStuck: () => this.#abort(new Boom('a stanza was not finished in time', LOST)),
    });
    this.#watchdog = new Watchdog({
      clock,
      probe: () => this.session.ping(),
      onSilent: () => this.#watch((watcher) => watcher.answers(false)),
      onRestored: () => this.#watch((watcher) => watcher.answers(true)),
      onDeaf: () => this.#abort(new Boom('the session does not answer', LOST)),
    });
    this.#offline = new OfflineQueue({
      socket: this.#socket,
      clock,
      room: () =>
        this.#intake.waiting + this.#tasks.length <= OFFLINE_HIGH_WATER && !this.#transport()?.isPaused,
      onDeaf: () => {
        this.#watch((watcher) => watcher.answers(false));
        this.#abort(new Boom('what waited at WhatsApp does not come', LOST));
      },
      onFailed: (error) => log.debug({ err: error }, 'could not ask for what waits at WhatsApp'),
    });
    const transport = this.#transport();
    if (transport) this.#barrier.guard(transport);
    this.#listen();
    this.#pairing = options.pairing ? this.#startPairing(options.pairing) : null;
    this.#expectWithin(CONNECT_TIMEOUT_MS, 'WhatsApp could not be reached');
  }

  /** Closes the socket and waits until everything that it brought is stored. Idempotent. */
  async close(): Promise<void> {
    this.#closing ??= (async () => {
      if (!this.#ended) await this.#socket.end(undefined);
      this.#end(CLOSED_BY_US);
      await this.#options.auth.retire();
      await this.#tasks.drained();
    })();
    return this.#closing;
  }

  /** Unlinks the device; the connection then closes with reason `unlinked`. */
  async logout(): Promise<void> {
    await this.#socket.logout();
  }

  /** Ends the connection because its keys can no longer be stored. */
  fail(error: unknown): void {
    this.#options.log.error({ err: error }, 'could not store keys of a session, closing it');
    this.#abort(new Boom('Keys could not be stored', { statusCode: DisconnectReason.connectionClosed }));
  }

  #listen(): void {
    const { ws, ev } = this.#socket;
    const { listener, log } = this.#options;
    ws.on('open', () => {
      this.#expectWithin(OPEN_DEADLINE_MS, 'WhatsApp did not answer the login');
      this.#watch((watcher) => watcher.transportOpen());
    });
    guardSocket(ws, {
      abort: (error) => this.#abort(error),
      onUnreadable: (error) => log.warn({ err: error }, 'what WhatsApp sent could not be read'),
    });
    watchVersionNotices(this.#socket, this.#options.clientVersion, (from) =>
      this.#watch((watcher) => watcher.versionRefusedFrom(from)),
    );
    answerServerPings(this.#socket, (error) => log.debug({ err: error }, 'no answer to a ping'));
    ws.on('CB:ack,class:message', (node: BinaryNode) => this.#acks.take(node));
    const resend = new StatusResend(this.#socket, (id) => listener.sentMessage(id));
    ws.on('CB:receipt,type:retry', (node: BinaryNode) => {
      resend.take(node).catch((error) => log.warn({ err: error }, 'a status could not be sent again'));
    });
    ev.process((events) => this.#onEvents(events));
  }

  #onEvents(events: Partial<BaileysEventMap>): void {
    const { listener, auth } = this.#options;
    const { 'creds.update': creds, 'messages.upsert': upsert, 'lid-mapping.update': mapping } = events;
    if (creds) {
      this.#barrier.hold(auth.save());
      const name = creds.me?.name;
      if (name) this.#enqueue(() => listener.profile({ name }));
      if (creds.myAppStateKeyId) this.#appState.keyArrived();
    }
    if (upsert) {
      // The push names that Baileys reports in `contacts.update` are those of these messages.
      const offline = upsert.type === 'append';
      for (const message of upsert.messages) {
        if (!this.#intake.emitted(message)) this.#enqueue(() => this.#messages.message(message, { offline }));
      }
    }
    if (mapping) this.#enqueue(() => listener.identity({ jid: mapping.pn, lid: mapping.lid }));
    if (events['connection.update']) this.#onConnection(events['connection.update']);
  }

  #onConnection(update: BaileysEventMap['connection.update']): void {
    if (update.connection === 'open') this.#cancelOpening();
    // Baileys publishes one by itself when the session opens.
    if (update.isOnline !== undefined) this.session.presence = update.isOnline ? 'available' : 'unavailable';
    if (update.reachoutTimeLock) this.session.newChatsLockedUntil = endOfLock(update.reachoutTimeLock);
    if (update.isNewLogin) {
      this.#pairing?.paired();
      this.#watch((watcher) => watcher.paired());
    }
    if (update.connection === 'open') {
      this.#watchdog.start();
      this.#appState.opened();
      this.#watch((watcher) => watcher.open());
    }
    if (update.connection === 'close') this.#end(closeReason(update.lastDisconnect?.error));
  }

  #self(): Self | null {
    return selfOf(this.#socket.authState.creds);
  }

  /** The deadline of the step at hand; the next one takes its place. */
  #expectWithin(ms: number, otherwise: string): void {
    this.#cancelOpening();
    if (this.#ended) return;
    this.#cancelOpening = this.#options.clock.after(ms, () => this.#abort(new Boom(otherwise, LOST)));
  }

  #startPairing({ number }: { number?: string }): Pairing {
    const { clock, log } = this.#options;
    return new Pairing({
      socket: this.#socket,
      number,
      clock,
      log,
      onOffered: () => {
        this.#cancelOpening();
        // A phone may take minutes now, in which only a ping finds out that the socket is dead.
        this.#watchdog.start();
      },
      qr: (qr) => this.#watch((watcher) => watcher.qr(qr)),
      pairingCode: (code) => this.#watch((watcher) => watcher.pairingCode(code)),
      passkey: (ceremony) => this.#watch((watcher) => watcher.passkey(ceremony)),
      abort: (error) => this.#abort(error),
    });
  }

  #abort(error: Error): void {
    this.#aborted = true;
    void this.#socket.end(error);
  }

  #watch(call: (watcher: ConnectionWatcher) => void): void {
    if (!this.#ended) call(this.#options.watcher);
  }

  #enqueue(task: () => Promise<void>, setAside?: (error: unknown) => void): void {
    this.#tasks.add(task, setAside);
    if (this.#tasks.length > QUEUE_HIGH_WATER) this.#pauseReading();
  }

  /** The same, for a caller that waits until it is stored. Rejects when the task is set aside. */
  #enqueued(task: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#enqueue(async () => {
      await task();
      resolve();
    }, reject);
    return promise;
  }

  #blocked(blocked: boolean, error: unknown): void {
    if (blocked) {
      this.#options.log.error({ err: error }, 'could not store what came in, trying again');
      this.#pauseReading();
    }
  }

  /** Backpressure: what cannot be stored now stays with WhatsApp. */
  #pauseReading(): void {
    const transport = this.#transport();
    if (!transport || transport.isPaused) return;
    transport.pause();
    void this.#intake
      .stored()
      .then(() => this.#tasks.drained())
      .then(() => transport.resume());
  }

  #transport(): WebSocket | null {
    return (this.#socket.ws as unknown as { socket: WebSocket | null }).socket;
  }

  #end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelOpening();
    this.#watchdog.stop();
    this.#offline.ended();
    this.session.ended();
    this.#acks.connectionLost();
    this.#appState.ended();
    const failure = this.#pairing?.end();
    const why = failure ? passkeyFailed(failure) : reason;
    this.#options.watcher.closed(this.#closing ? CLOSED_BY_US : why);
  }
}

/** A lock without an end holds until it is lifted. */
function endOfLock({ isActive, timeEnforcementEnds }: ReachoutTimelockState): number {
  return isActive ? (timeEnforcementEnds?.getTime() ?? Number.POSITIVE_INFINITY) : 0;
}
