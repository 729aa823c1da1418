import {
  DisconnectReason,
  makeCacheableSignalKeyStore,
  makeWASocket,
  useMultiFileAuthState,
  WA_CERT_DETAILS,
  type WASocket,
} from 'baileys';
import pino from 'pino';
import { tell } from '../workers/serve-commands.ts';

export interface StockClientOptions {
  url: string;
  rootKey: string;
  number: string;
  folder: string;
}

const logger = pino({ level: 'silent' });

/** One stock socket, opened again when it closes, as the README of Baileys shows it. */
export class StockClient {
  readonly #options: StockClientOptions;
  #socket: WASocket | null = null;

  constructor(options: StockClientOptions) {
    this.#options = options;
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(options.rootKey, 'hex');
  }

  get socket(): WASocket {
    if (!this.#socket) throw new Error('not connected');
    return this.#socket;
  }

  /** Resolves when the socket is open; a new one reports its QR and waits until somebody scans it. */
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
    await new Promise<void>((resolve, reject) => {
      socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
        if (qr) tell('qr', { number, qr });
        if (connection === 'open') resolve();
        if (connection !== 'close') return;
        const error = lastDisconnect?.error as { output?: { statusCode?: number } } | undefined;
        if (error?.output?.statusCode === DisconnectReason.restartRequired) resolve(this.connect());
        else reject(lastDisconnect?.error ?? new Error('closed'));
      });
    });
  }
}
