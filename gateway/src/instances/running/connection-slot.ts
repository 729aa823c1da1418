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
  async openSession(generation: Generation, watcher: SessionWatcher): Promise<void> {
    const opening = await this.#enter(generation, hasToOpen);
    if (!opening) return;
    const { instance, leave } = opening;
    const watched = { ...watcher, open: first(leave, watcher.open), closed: first(leave, watcher.closed) };
    await this.#hold(leave, this.#load(generation, instance, watched));
  }

  /** Connects with a new device, unless the generation ends before. Throws `instance_unknown`. */
  async openPairing(generation: Generation, options: PairingOptions, watcher: PairingWatcher): Promise<void> {
    const opening = await this.#enter(generation, () => true);
    if (!opening) return;
    const { instance, leave } = opening;
    const watched = {
      ...watcher,
      transportOpen: first(leave, watcher.transportOpen),
      closed: first(leave, watcher.closed),
    };
    await this.#hold(
      leave,
      (async () => {
        this.#connection = this.#options.link.pair(instance, options, watched);
      })(),
    );
  }

  /**
   * Waits for the end of everything earlier, and only then for a place among those that open: a connection whose close
   * never ends must not keep the place of another instance. null: the generation has ended meanwhile.
   */
  async #enter(
    generation: Generation,
    allowed: typeof hasToOpen,
  ): Promise<{ instance: InstanceRow; leave: () => void } | null> {
    const { instanceId, states, openings } = this.#options;
    await this.#earlier.settled();
    if (!generation.current) return null;
    const instance = await states.instance(instanceId);
    if (!generation.current) return null;
    if (!instance) throw failure('instance_unknown');
    if (!allowed(generation, instance)) throw failure('session_missing');
    const leave = await openings.enter();
    if (generation.current) return { instance, leave };
    leave();
    return null;
  }

  async #load(generation: Generation, instance: InstanceRow, watcher: SessionWatcher): Promise<void> {
    const device = await this.#options.link.load(instance.id);
    if (!device) throw failure('session_missing');
    let opened = false;
    try {
      if (generation.current) await device.replay(() => !generation.current);
      if (!generation.current) return;
      // At once: a command that comes a moment later must find the connection here to close it.
      this.#connection = device.open(instance, watcher);
      opened = true;
    } finally {
      if (!opened) await device.retire();
    }
  }

  /** The next connection waits for this one's load. The place is given up when no connection came of it. */
  async #hold(leave: () => void, opening: Promise<void>): Promise<void> {
    this.#leave = leave;
    this.add(opening);
    try {
      await opening;
    } finally {
      if (!this.#connection) leave();
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
