import type { Clock } from '../clock.ts';
import type { DatabaseTransaction } from '../storage/queries.ts';
import type { Seal } from '../storage/seal.ts';
import type { Channels, InstanceChannels } from './channels.ts';
import { envelopeOf } from './envelope.ts';
import {
  type FileState,
  type FileView,
  fileView,
  WEBHOOK_BASE64_BYTES,
  WEBSOCKET_BASE64_BYTES,
  withFile,
} from './file-view.ts';
import { sealedBody } from './new-delivery.ts';
import type { Emit, Outbox } from './outbox.ts';

export interface MediaUpdatesOptions {
  outbox: Outbox;
  seal: Seal;
  clock: Clock;
  channels: Channels;
  /** The gateway's public base URL. */
  baseUrl: () => string;
  frames: { settle(instanceId: string, eventId: string, file: FileView): void };
  courier: { wake(webhookIds: Iterable<string>): void };
}

/** The event of a message with a file. */
export interface MediaEvent {
  instanceId: string;
  eventId: string;
}

/** Lets the deliveries and frames go that wait for the file of their event, with what became of it. */
export class MediaUpdates {
  readonly #options: MediaUpdatesOptions;

  constructor(options: MediaUpdatesOptions) {
    this.#options = options;
  }

  /**
   * Makes the bytes of the deliveries that still wait, and releases them; sockets and courier are notified after the
   * commit. `decide` runs first in that one commit and returns the state of the file; null releases nothing.
   */
  async settle(
    { instanceId, eventId }: MediaEvent,
    decide: (trx: DatabaseTransaction, emit: Emit) => Promise<FileState | null>,
  ): Promise<void> {
    const { outbox, channels, frames, courier } = this.#options;
    const released: string[] = [];
    const shown = await outbox.transaction(instanceId, async (trx, emit) => {
      const state = await decide(trx, emit);
      const current = await channels.of(trx, instanceId);
      if (!state || !current) return null;
      released.push(...(await this.#release(trx, current, eventId, state)));
      return fileView(state, current.websocket?.mediaBase64 === true, WEBSOCKET_BASE64_BYTES);
    });
    if (!shown) return;
    courier.wake(released);
    frames.settle(instanceId, eventId, shown);
  }

  /** Resolves with the webhooks whose deliveries may go now. */
  async #release(
    trx: DatabaseTransaction,
    channels: InstanceChannels,
    eventId: string,
    state: FileState,
  ): Promise<string[]> {
    const event = await trx
      .selectFrom('events')
      .select(['kind', 'data'])
      .where('id', '=', eventId)
      .executeTakeFirst();
    if (!event) return [];
    const logged = withFile(event.data, { ...fileView(state, false, 0), base64: null });
    await trx.updateTable('events').set({ data: logged }).where('id', '=', eventId).execute();
    const released: string[] = [];
    for (const webhook of channels.webhooks) {
      const delivery = await this.#waiting(trx, webhook.id, eventId);
      if (!delivery) continue;
      const data = withFile(event.data, fileView(state, webhook.mediaBase64, WEBHOOK_BASE64_BYTES));
      const envelope = envelopeOf({ id: eventId, kind: event.kind, data }, channels, this.#options.baseUrl());
      const body = sealedBody(this.#options.seal, delivery.id, envelope, webhook);
      const updated = await trx
        .updateTable('deliveries')
        .set({ body_sealed: body, waits_until: null })
        .where('id', '=', delivery.id)
        .where('waits_until', '>', this.#options.clock.now())
        .where('claim_id', 'is', null)
        .executeTakeFirst();
      if (updated.numUpdatedRows > 0n) released.push(webhook.id);
    }
    return released;
  }

  /** Bytes that a receiver may have seen already are never made again. */
  #waiting(trx: DatabaseTransaction, webhookId: string, eventId: string) {
    return trx
      .selectFrom('deliveries')
      .select('id')
      .where('webhook_id', '=', webhookId)
      .where('event_id', '=', eventId)
      .where('status', '=', 'pending')
      .where('attempts', '=', 0)
      .where('claim_id', 'is', null)
      .where('waits_until', '>', this.#options.clock.now())
      .executeTakeFirst();
  }
}
