import {
  type AuthenticationCreds,
  type BaileysEventMap,
  type BinaryNode,
  initAuthCreds,
  makeWASocket,
  type SignalDataSet,
  type SignalKeyStore,
  type UserFacingSocketConfig,
  WA_CERT_DETAILS,
  type WAMessage,
  type WAMessageUpdate,
  type WASocket,
} from 'baileys';
import { pino } from 'pino';
import type { SandboxInfo } from '../index.ts';
import { children, type Stanza, stanza } from '../wire/stanza.ts';
import { makeTestSignalRepository } from './signal-repository.ts';

/** Ends what hangs; a busy machine may need long. */
const DEADLINE_MS = 120_000;
/** What WhatsApp Web asks for at a time. */
const WINDOW = 200;

/** A stock Baileys account held in memory; sockets come and go, the account stays. */
export interface TestAccount {
  creds: AuthenticationCreds;
  keys: SignalKeyStore;
}

export function makeAccount(): TestAccount {
  const data = new Map<string, unknown>();
  const keys = {
    get: (type: string, ids: string[]) => {
      const found: Record<string, unknown> = {};
      for (const id of ids) {
        const value = data.get(`${type}/${id}`);
        if (value !== undefined && value !== null) found[id] = value;
      }
      return found;
    },
    set: (changes: SignalDataSet) => {
      for (const [type, values] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(values ?? {})) data.set(`${type}/${id}`, value);
      }
    },
  };
  return { creds: initAuthCreds(), keys: keys as SignalKeyStore };
}

/** A connected client with what it saw, and ways to wait for more. */
export class TestClient {
  readonly account: TestAccount;
  readonly socket: WASocket;
  readonly messages: WAMessage[] = [];
  /** Message and status stanzas as they came off the wire. */
  readonly stanzas: BinaryNode[] = [];
  readonly upsertTypes = new Set<string>();
  readonly updates: WAMessageUpdate[] = [];
  readonly presences: BaileysEventMap['presence.update'][] = [];
  #watchers = new Set<() => void>();
  /** Whether a status is acknowledged with the class that counts. */
  acknowledgesStatuses = true;
  /** Whether it asks for the rest of the offline queue; stock Baileys asks once, for 100, all the same. */
  asksForWindows = true;
  qr: string | undefined;
  open = false;
  closedWith: number | undefined;

  constructor(info: SandboxInfo, account: TestAccount, config: Partial<UserFacingSocketConfig> = {}) {
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(info.rootKey, 'hex');
    this.account = account;
    this.socket = makeWASocket({
      waWebSocketUrl: info.url,
      auth: account,
      logger: pino({ level: process.env.SANDBOX_TEST_LOG ?? 'silent' }) as never,
      retryRequestDelayMs: 10,
      makeSignalRepository: makeTestSignalRepository,
      ...config,
    });
    const { ev } = this.socket;
    ev.on('creds.update', (update) => Object.assign(account.creds, update));
    ev.on('connection.update', (update) => {
      if (update.qr) this.qr = update.qr;
      if (update.connection === 'open') this.open = true;
      if (update.connection === 'close') {
        const error = update.lastDisconnect?.error as { output?: { statusCode?: number } } | undefined;
        this.closedWith = error?.output?.statusCode ?? 0;
      }
      this.#wake();
    });
    ev.on('messages.upsert', ({ messages, type }) => {
      this.upsertTypes.add(type);
      this.messages.push(...messages);
      this.#wake();
    });
    const keep = (node: BinaryNode) => {
      this.stanzas.push(node);
      this.#wake();
    };
    this.socket.ws.on('CB:message', keep);
    this.socket.ws.on('CB:status', (node: BinaryNode) => this.#takeStatus(node));
    this.socket.ws.on('CB:ib,,offline_preview', (node: BinaryNode) => this.#drain(node));
    ev.on('messages.update', (updates) => {
      this.updates.push(...updates);
      this.#wake();
    });
    ev.on('presence.update', (presence) => {
      this.presences.push(presence);
      this.#wake();
    });
  }

  /** Collects one kind of event from now on; `until` looks again at each. */
  watch<E extends keyof BaileysEventMap>(event: E): BaileysEventMap[E][] {
    const seen: BaileysEventMap[E][] = [];
    this.socket.ev.on(event, (data) => {
      seen.push(data);
      this.#wake();
    });
    return seen;
  }

  /** Settles when the condition gives something; fails after two minutes. */
  async until<T>(what: string, condition: () => T | undefined | false | null): Promise<T> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const value = condition();
      if (value !== undefined && value !== false && value !== null) return value;
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          deadline.removeEventListener('abort', late);
          this.#watchers.delete(wake);
          resolve();
        };
        const late = () => reject(new Error(`timed out waiting for ${what}`));
        deadline.addEventListener('abort', late);
        this.#watchers.add(wake);
      });
    }
  }

  untilOpen(): Promise<boolean> {
    return this.until('the connection to open', () => this.open);
  }

  untilClosed(): Promise<number> {
    return this.until('the connection to close', () => this.closedWith);
  }

  untilText(text: string): Promise<WAMessage> {
    return this.until(`the text "${text}"`, () =>
      this.messages.find(
        (each) => (each.message?.conversation ?? each.message?.extendedTextMessage?.text) === text,
      ),
    );
  }

  /** Waits for an update of a message. */
  update(id: string, matches: (update: WAMessageUpdate['update']) => boolean): Promise<WAMessageUpdate> {
    return this.until(`an update of ${id}`, () =>
      this.updates.find((each) => each.key.id === id && matches(each.update)),
    );
  }

  /** The furthest state of an own message; an update that comes quickly is merged into the message itself. */
  statusOf(id: string): number {
    const messages = this.messages.filter((each) => each.key.id === id).map((each) => each.status);
    const updates = this.updates.filter((each) => each.key.id === id).map((each) => each.update.status);
    return Math.max(0, ...[...messages, ...updates].map((status) => status ?? 0));
  }

  /** Waits until a message has come off the wire this many times. */
  untilDelivered(id: string, times: number): Promise<boolean> {
    return this.until(
      `${id} to come ${times} times`,
      () => this.stanzas.filter((node) => node.attrs.id === id).length >= times,
    );
  }

  wasRefused(id: string): boolean {
    return (
      this.messages.some((each) => each.key.id === id && each.status === 0) ||
      this.updates.some((each) => each.key.id === id && each.update.status === 0)
    );
  }

  async close(): Promise<void> {
    if (this.closedWith === undefined) await this.socket.end(undefined);
  }

  /** Stock Baileys does not know the stanza: it reads it as a message, and the ack of the right class is ours. */
  #takeStatus(node: BinaryNode): void {
    this.socket.ws.emit('CB:message', { ...node, tag: 'message' });
    if (!this.acknowledgesStatuses) return;
    const { id, from, participant } = node.attrs;
    const attrs = { class: 'status', id, to: from, ...(participant === undefined ? {} : { participant }) };
    this.send({ tag: 'ack', attrs: attrs as Record<string, string> });
  }

  /** Asks for windows of the offline queue until all can have come, as WhatsApp Web does; stock Baileys asks once. */
  #drain(node: BinaryNode): void {
    const [preview] = children(node as Stanza, 'offline_preview');
    if (!this.asksForWindows) return;
    for (let left = Number(preview?.attrs.count); left > 0; left -= WINDOW)
      this.send(stanza('ib', {}, [stanza('offline_batch', { count: String(WINDOW) })]) as BinaryNode);
  }

  /** Sends a stanza as it is; one that the closing connection does not take is lost, as on any network. */
  send(node: BinaryNode): void {
    this.socket.sendNode(node).catch(() => this.#wake());
  }

  /** Lets everyone who waits look again. */
  wake(): void {
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}
