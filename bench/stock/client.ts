import {
  type BinaryNode,
  DisconnectReason,
  generateMessageIDV2,
  makeCacheableSignalKeyStore,
  makeWASocket,
  useMultiFileAuthState,
  WA_CERT_DETAILS,
  type WASocket,
} from 'baileys';
import pino from 'pino';
import type { Arrivals } from '../workers/arrivals.ts';
import { report } from '../workers/serve-commands.ts';

export interface StockClientOptions {
  url: string;
  rootKey: string;
  number: string;
  folder: string;
  /** Called with every message that is emitted. */
  arrivals: Arrivals;
}

export interface SendPlan {
  /** Numbers, by turns. */
  to: string[];
  count: number;
  inFlight: number;
  text?: string;
}

const ACK_DEADLINE_MS = 30_000;

const logger = pino({ level: 'silent' });

/** One stock socket, opened again when it closes, as the README of Baileys shows it. */
export class StockClient {
  readonly #options: StockClientOptions;
  readonly #acks = new Map<string, PromiseWithResolvers<void>>();
  #socket: WASocket | null = null;

  constructor(options: StockClientOptions) {
    this.#options = options;
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(options.rootKey, 'hex');
  }

  /** Resolves when the socket is open; a new one reports its QR and waits until it is scanned. */
  async connect(): Promise<void> {
    const { url, folder, number } = this.#options;
    const { state, saveCreds } = await useMultiFileAuthState(folder);
    const socket = makeWASocket({
      waWebSocketUrl: url,
      logger,
      // With the cache that Baileys' own example puts in front of the files: the faster of the usual ways.
      auth: { creds: state.creds, keys: makeCacheableSignalKeyStore(state.keys, logger) },
    });
    this.#socket = socket;
    socket.ev.on('creds.update', saveCreds);
    socket.ws.on('CB:ack,class:message', (node: BinaryNode) => this.#acknowledged(node));
    socket.ev.on('messages.upsert', ({ messages }) => {
      for (const { key, message } of messages) {
        if (!key.fromMe && message) this.#options.arrivals.add(message.conversation ?? '');
      }
    });
    await new Promise<void>((resolve, reject) => {
      socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
        if (qr) report('qr', { number, qr });
        if (connection === 'open') resolve();
        if (connection !== 'close') return;
        const error = lastDisconnect?.error as { output?: { statusCode?: number } } | undefined;
        if (error?.output?.statusCode === DisconnectReason.restartRequired) resolve(this.connect());
        else reject(lastDisconnect?.error ?? new Error('closed'));
      });
    });
  }

  /** Resolves with the seconds until the server had acknowledged every text. */
  async send({ to, count, inFlight, text }: SendPlan): Promise<number> {
    let next = 0;
    const worker = async () => {
      while (next < count) {
        const index = next++;
        await this.#sendOne(`${to[index % to.length]}@s.whatsapp.net`, text ?? textOf(index));
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: inFlight }, worker));
    return (performance.now() - began) / 1000;
  }

  async #sendOne(jid: string, text: string): Promise<void> {
    if (!this.#socket) throw new Error('not connected');
    const id = generateMessageIDV2(this.#socket.user?.id);
    const ack = Promise.withResolvers<void>();
    this.#acks.set(id, ack);
    const late = setTimeout(() => ack.reject(new Error(`no acknowledgement of ${id}`)), ACK_DEADLINE_MS);
    await this.#socket.sendMessage(jid, { text }, { messageId: id });
    await ack.promise;
    clearTimeout(late);
  }

  #acknowledged({ attrs }: BinaryNode): void {
    const ack = this.#acks.get(attrs.id ?? '');
    if (!ack) return;
    this.#acks.delete(attrs.id ?? '');
    if (attrs.error) ack.reject(new Error(`${attrs.id} was refused: ${attrs.error}`));
    else ack.resolve();
  }
}

const textOf = (index: number) => `message ${index} `.padEnd(100, 'x');
