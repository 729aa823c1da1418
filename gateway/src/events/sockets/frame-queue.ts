import type { Clock } from '../../clock.ts';
import type { FileView } from '../file-view.ts';
import type { Hub } from './hub.ts';

/** Serialises an event on demand; without a view it shows what it showed when it was appended. */
export type Frame = (file?: FileView) => string;

/** An event whose file is being fetched: it leaves with it, or without it at `until`, Unix milliseconds. */
export interface FrameWait {
  eventId: string;
  until: number;
}

interface Queued {
  frame: Frame;
  file?: FileView;
  /** null when it may leave. */
  wait: FrameWait | null;
  cancel: () => void;
}

/** Frames of one instance that wait behind a file; with more, the foremost goes without its file. */
const MAX_WAITING = 2_000;

/**
 * Between outbox and hub: frames leave in event order per instance, so those behind one that waits for its file wait
 * too. Lives in memory, as sockets do.
 */
export class FrameQueue {
  readonly #hub: Pick<Hub, 'publish' | 'count'>;
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queued[]>();

  constructor({ hub, clock }: { hub: Pick<Hub, 'publish' | 'count'>; clock: Clock }) {
    this.#hub = hub;
    this.#clock = clock;
  }

  publish(instanceId: string, frame: Frame, wait: FrameWait | null = null): void {
    const queue = this.#queues.get(instanceId) ?? [];
    const hasListeners = this.#hub.count(instanceId) > 0;
    if (queue.length === 0 && (!wait || !hasListeners)) {
      this.#hub.publish(instanceId, () => frame());
      return;
    }
    const queued: Queued = { frame, wait, cancel: () => {} };
    if (wait) {
      queued.cancel = this.#clock.after(wait.until - this.#clock.now(), () => this.#free(instanceId, queued));
    }
    queue.push(queued);
    this.#queues.set(instanceId, queue);
    const [first] = queue;
    if (first && queue.length > MAX_WAITING) this.#free(instanceId, first);
  }

  /** The file of an event has arrived, or will not. */
  settle(instanceId: string, eventId: string, file: FileView): void {
    const queued = this.#queues.get(instanceId)?.find(({ wait }) => wait?.eventId === eventId);
    if (!queued) return;
    queued.file = file;
    this.#free(instanceId, queued);
  }

  /** Forgets what waits. */
  close(): void {
    for (const queue of this.#queues.values()) for (const { cancel } of queue) cancel();
    this.#queues.clear();
  }

  #free(instanceId: string, queued: Queued): void {
    queued.wait = null;
    queued.cancel();
    const queue = this.#queues.get(instanceId) ?? [];
    while (queue[0] && !queue[0].wait) {
      const { frame, file } = queue.shift() as Queued;
      this.#hub.publish(instanceId, () => frame(file));
    }
    if (queue.length === 0) this.#queues.delete(instanceId);
  }
}
