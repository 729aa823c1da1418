import type { Clock } from '../../clock.ts';
import type { FileView } from '../file-view.ts';
import type { Hub } from './hub.ts';

/** Serialises an event on demand; without a view it says what it said when it was appended. */
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
  readonly #lines = new Map<string, Queued[]>();

  constructor({ hub, clock }: { hub: Pick<Hub, 'publish' | 'count'>; clock: Clock }) {
    this.#hub = hub;
    this.#clock = clock;
  }

  publish(instanceId: string, frame: Frame, wait: FrameWait | null = null): void {
    const line = this.#lines.get(instanceId);
    const nobodyListens = this.#hub.count(instanceId) === 0;
    if (!line && (!wait || nobodyListens)) {
      this.#hub.publish(instanceId, () => frame());
      return;
    }
    const queued: Queued = { frame, wait, cancel: () => {} };
    if (wait) {
      queued.cancel = this.#clock.after(wait.until - this.#clock.now(), () => this.#free(instanceId, queued));
    }
    const queue = line ?? [];
    queue.push(queued);
    this.#lines.set(instanceId, queue);
    const [first] = queue;
    if (first && queue.length > MAX_WAITING) this.#free(instanceId, first);
  }

  /** The file of an event has arrived, or will not. */
  settle(instanceId: string, eventId: string, file: FileView): void {
    const queued = this.#lines.get(instanceId)?.find(({ wait }) => wait?.eventId === eventId);
    if (!queued) return;
    queued.file = file;
    this.#free(instanceId, queued);
  }

  /** Forgets what waits. */
  close(): void {
    for (const line of this.#lines.values()) for (const { cancel } of line) cancel();
    this.#lines.clear();
  }

  #free(instanceId: string, queued: Queued): void {
    queued.wait = null;
    queued.cancel();
    const line = this.#lines.get(instanceId) ?? [];
    while (line[0] && !line[0].wait) {
      const { frame, file } = line.shift() as Queued;
      this.#hub.publish(instanceId, () => frame(file));
    }
    if (line.length === 0) this.#lines.delete(instanceId);
  }
}
