import { PendingWork } from '../../async/pending-work.ts';
import type { Semaphore } from '../../async/semaphore.ts';
import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type {
  Link,
  LinkConnection,
  PairingOptions,
  PairingWatcher,
  SessionWatcher,
} from '../../whatsapp/link.ts';
import type { Generation } from './generation.ts';
import type { StateLog } from './state-log.ts';

export interface ConnectionSlotOptions {
  instanceId: string;
  link: Link;
  states: Pick<StateLog, 'instance'>;
  /** Bounds how many connections open at the same time, over all instances. */
  openings: Semaphore;
  log: Logger;
}

/**
 * Holds the one connection of an instance. The next one begins to load its device only after everything of the earlier
 * ones has ended: sockets, loads, replays, adoptions and wipes. Two loaded devices would write one ratchet from two
 * caches, and a replay beside a live connection would delete plaintext that this one still needs.
 */
export class ConnectionSlot {
  readonly #options: ConnectionSlotOptions;
  readonly #earlier = new PendingWork();
  #connection: LinkConnection | null = null;
  /** Gives up the connection's place among those that open. */
  #leave = () => {};

  constructor(options: ConnectionSlotOptions) {
    this.#options = options;
  }

  /** Open or opening. */
  get connection(): LinkConnection | null {
    return this.#connection;
  }

  /** The next connection waits for this work. Who adds it handles its errors. */
  add(work: Promise<unknown>): void {
    this.#earlier.add(work);
  }

  /** Resolves when everything added or closed so far has ended. */
  settled(): Promise<void> {
    return this.#earlier.settled();
  }

  /** Takes the connection out, still open: from here on its end is the caller's. */
  release(): LinkConnection | null {
    this.#leave();
    const connection = this.#connection;
    this.#connection = null;
    return connection;
  }

  /** Closes the connection for good. */
  close(): void {
    const connection = this.release();
    if (connection) this.add(this.closed(connection));
  }

  /** Closes a released connection; an error is logged. */
  async closed(connection: LinkConnection): Promise<void> {
    const { instanceId, log } = this.#options;
    try {
      await connection.close();
    } catch (error) {
      log.error({ instance: instanceId, err: error }, 'could not close a connection cleanly');
    }
  }

  /** Connects with the saved device, unless the generation ends before. Throws `session_missing`, `instance_unknown`. */
  openSession(generation: Generation, watcher: SessionWatcher): Promise<void> {
    return this.#enter(generation, (instance, leave) => {
      if (!hasToOpen(generation, instance)) throw failure('session_missing');
      const watched = { ...watcher, open: first(leave, watcher.open), closed: first(leave, watcher.closed) };
      return this.#load(generation, instance, watched);
    });
  }

  /** Connects with a new device, unless the generation ends before. Throws `instance_unknown`. */
  openPairing(generation: Generation, options: PairingOptions, watcher: PairingWatcher): Promise<void> {
    return this.#enter(generation, async (instance, leave) => {
      const transportOpen = first(leave, watcher.transportOpen);
      const watched = { ...watcher, transportOpen, closed: first(leave, watcher.closed) };
      this.#connection = this.#options.link.pair(instance, options, watched);
      return true;
    });
  }

  /**
   * Waits for the end of everything earlier, and only then for a place among those that open: a connection whose close
   * never ends must not keep the place of another instance. The next connection waits for the end of `open`, which
   * resolves with whether a connection came of it.
   */
  async #enter(
    generation: Generation,
    open: (instance: InstanceRow, leave: () => void) => Promise<boolean>,
  ): Promise<void> {
    const { instanceId, states, openings } = this.#options;
    await this.#earlier.settled();
    if (!generation.current) return;
    const leave = await openings.enter();
    let opened = false;
    try {
      const instance = generation.current ? await states.instance(instanceId) : undefined;
      // From this check until `open` is among what the next connection waits for, nothing may be awaited.
      if (!generation.current) return;
      if (!instance) throw failure('instance_unknown');
      this.#leave = leave;
      const opening = open(instance, leave);
      this.add(opening);
      opened = await opening;
    } finally {
      if (!opened) leave();
    }
  }

  async #load(generation: Generation, instance: InstanceRow, watcher: SessionWatcher): Promise<boolean> {
    const device = await this.#options.link.load(instance.id);
    if (!device) throw failure('session_missing');
    let opened = false;
    try {
      if (generation.current) await device.replay(() => !generation.current);
      if (!generation.current) return false;
      // At once: a command that comes a moment later must find the connection here to close it.
      this.#connection = device.open(instance, watcher);
      opened = true;
      return true;
    } finally {
      if (!opened) await device.retire();
    }
  }
}

/** What was asked may have been overtaken while the earlier connection closed, by a logout or by another process. */
function hasToOpen({ purpose }: Generation, { link, desired }: InstanceRow): boolean {
  return link === 'linked' && (purpose !== 'resume' || desired === 'running');
}

function first<A extends unknown[]>(leave: () => void, then: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    leave();
    then(...args);
  };
}
