import type { Logger } from '../../../telemetry/log.ts';
import type { AccountKeys } from './account-keys.ts';
import { type AppState, COLLECTIONS } from './app-state.ts';
import { type CreateAppStateOptions, createAppState } from './create.ts';
import { takeOverServerSync } from './server-sync.ts';

/** The state that the account's devices share, kept in step over one connection. */
export class AppStateSync {
  readonly appState: AppState;
  readonly #keys: AccountKeys;
  readonly #log: Logger;
  readonly #over: () => boolean;

  constructor(options: CreateAppStateOptions) {
    const { appState, keys } = createAppState(options);
    this.appState = appState;
    this.#keys = keys;
    this.#log = options.log;
    this.#over = options.ended;
    takeOverServerSync(options.socket, {
      sync: (collections) => this.#sync(collections),
      over: options.ended,
    });
  }

  /** Notifications name what changed while we were away, but for one that a crash took after its acknowledgement. */
  opened(): void {
    if (this.#keys.any) void this.#sync(COLLECTIONS);
  }

  /** The phone has shared a key. */
  keyArrived(): void {
    this.#keys.arrived();
    void this.#sync(COLLECTIONS);
  }

  ended(): void {
    this.#keys.ended();
  }

  async #sync(collections: readonly string[]): Promise<void> {
    try {
      await this.appState.sync(collections);
    } catch (error) {
      // What was not read is read with the next change, or when the connection opens again.
      if (!this.#over()) this.#log.warn({ err: error }, 'app state could not be synchronised');
    }
  }
}
