import type { proto } from 'baileys';
import { SendFailed } from '../../session.ts';
import { type AppStateKey, expandKey } from './cipher.ts';

/** A key that the phone has not shared (yet). */
export class AppStateKeyMissing extends Error {
  override name = 'AppStateKeyMissing';
  readonly id: Uint8Array;

  constructor(id: Uint8Array) {
    super(`the app-state key ${Buffer.from(id).toString('hex')} is not here`);
    this.id = id;
  }
}

export interface AccountKeysOptions {
  read(id: string): Promise<proto.Message.IAppStateSyncKeyData | undefined>;
  /** Id in base64 of the key that is in use; undefined before the phone shared one. */
  current(): string | undefined;
  /** Asks the phone for keys. */
  request(ids: Uint8Array[]): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

/** The keys that the phone shares. They come some time after linking, and again whenever it takes a new one. */
export class AccountKeys {
  readonly #options: AccountKeysOptions;
  readonly #now: () => number;
  /** Expanding one is work for the processor, and every mutation needs it. */
  readonly #expanded = new Map<string, AppStateKey>();
  readonly #asked = new Map<string, number>();
  #arrival = waiting();

  constructor(options: AccountKeysOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Throws `AppStateKeyMissing`. */
  async find(id: Uint8Array | null | undefined): Promise<AppStateKey> {
    const bytes = id ?? new Uint8Array();
    const name = Buffer.from(bytes).toString('base64');
    const known = this.#expanded.get(name);
    if (known) return known;
    const data = (await this.#options.read(name))?.keyData;
    if (!data || data.length === 0) throw new AppStateKeyMissing(bytes);
    const key = expandKey(bytes, data);
    this.#expanded.set(name, key);
    return key;
  }

  /** The key that changes are made with. Throws `AppStateKeyMissing`. */
  current(): Promise<AppStateKey> {
    const id = this.#options.current();
    return this.find(id === undefined ? undefined : Buffer.from(id, 'base64'));
  }

  /** Whether the phone has shared a key at all. */
  get any(): boolean {
    return this.#options.current() !== undefined;
  }

  /** Resolves when the phone shares keys again. */
  get arrival(): Promise<void> {
    return this.#arrival.promise;
  }

  arrived(): void {
    this.#asked.clear();
    this.#arrival.resolve();
    this.#arrival = waiting();
  }

  /** The connection is gone: no caller needs to wait any longer. */
  ended(): void {
    this.#arrival.reject(new SendFailed({ kind: 'not_connected' }));
  }

  /** Asks the phone for a key, once a day: it may have lost it, too. */
  async ask(id: Uint8Array): Promise<void> {
    const name = Buffer.from(id).toString('base64');
    const before = this.#asked.get(name);
    if (id.length === 0 || (before !== undefined && this.#now() - before < DAY_MS)) return;
    this.#asked.set(name, this.#now());
    await this.#options.request([id]);
  }
}

function waiting(): PromiseWithResolvers<void> {
  const arrival = Promise.withResolvers<void>();
  arrival.promise.catch(() => {}); // there may be no caller that waits
  return arrival;
}
