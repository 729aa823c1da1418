import type { BinaryNode, WASocket } from 'baileys';
import { OfflineDrain, type OfflineDrainOptions } from './offline-drain.ts';

/** As many as WhatsApp's own web client asks for at once. */
const WINDOW = '200';

/** What waits for a device that was away; live ones come after the queue's end. */
const QUEUED = new Set(['message', 'status', 'receipt', 'notification', 'call']);

const PREVIEW = 'CB:ib,,offline_preview';

export interface OfflineQueueOptions extends Omit<OfflineDrainOptions, 'ask'> {
  socket: WASocket;
  onFailed(error: unknown): void;
}

/**
 * Drains WhatsApp's offline queue, window by window, to its end.
 *
 * Takes the place of Baileys' own ask: rc14 asks once, for 100 stanzas, and stays deaf when more wait. It may go when
 * the engine asks until `<offline>` and waits while its consumer has no room.
 */
export class OfflineQueue {
  readonly #drain: OfflineDrain;

  constructor({ socket, onFailed, ...options }: OfflineQueueOptions) {
    const { ws } = socket;
    const ask = () => {
      const batch = { tag: 'offline_batch', attrs: { count: WINDOW } };
      socket.sendNode({ tag: 'ib', attrs: {}, content: [batch] }).catch(onFailed);
    };
    this.#drain = new OfflineDrain({ ...options, ask });
    ws.removeAllListeners(PREVIEW);
    ws.on('CB:success', () => this.#drain.begin());
    ws.on(PREVIEW, () => this.#drain.announced());
    ws.on('CB:ib,,offline', () => this.#drain.end());
    ws.on('frame', (frame: BinaryNode | Uint8Array) => {
      if ('tag' in frame && QUEUED.has(frame.tag)) this.#drain.progress();
    });
  }

  /** The connection is over. */
  ended(): void {
    this.#drain.end();
  }
}
