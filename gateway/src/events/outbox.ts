import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/database.ts';
import type { Seal } from '../storage/seal.ts';
import type { EventName } from './catalog.ts';
import type { Channels, InstanceChannels } from './channels.ts';
import { type Envelope, envelopeText } from './envelope.ts';
import { KeyedMutex } from './mutex.ts';
import { newDelivery } from './new-delivery.ts';

export interface NewEvent {
  kind: EventName;
  /** JID of the chat whose events must stay in order; null = the instance's own lane. */
  lane: string | null;
  /** Two events of one instance with the same key are one event; null = always a new one. */
  dedupeKey: string | null;
  /** The envelope's `data`. */
  data: object;
}

/** Appends an event within the transaction; false when `dedupeKey` says that it is already there. */
export type Emit = (event: NewEvent) => Promise<boolean>;

/**
 * The only way to report something. Event, deliveries and whatever the caller writes with `trx` are one commit;
 * sockets and courier hear of it after that commit, never before. `work` must not start another transaction of the
 * same instance: it would wait for itself.
 */
export interface Outbox {
  transaction<T>(instanceId: string, work: (trx: DatabaseTransaction, emit: Emit) => Promise<T>): Promise<T>;
}

export interface OutboxOptions {
  db: Queries;
  seal: Seal;
  clock: Clock;
  channels: Channels;
  /** The gateway's public base URL; asked per event, because a free port is known only once it listens. */
  baseUrl: () => string;
  /** Told of each committed event that the WebSocket configuration lets through; `frame` serialises on demand. */
  hub: { publish(instanceId: string, frame: () => string): void };
  /** Told which webhooks have something new. */
  courier: { wake(webhookIds: Iterable<string>): void };
}

/**
 * One transaction of an instance at a time: ids are given inside it, so their order is the order of the commits,
 * and a reader that saw an id never finds a lower one later. Different instances do not wait for each other.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, channels, hub, courier } = options;
  const instances = new KeyedMutex();
  return {
    transaction: (instanceId, work) =>
      instances.run(instanceId, async () => {
        const news: News = { frames: [], webhookIds: new Set() };
        const result = await db.transaction().execute((trx) =>
          work(trx, async (event) => {
            const of = await channels.of(trx, instanceId);
            if (!of) throw failure('instance_unknown');
            return append(trx, instanceId, of, event, news, options);
          }),
        );
        for (const frame of news.frames) hub.publish(instanceId, frame);
        if (news.webhookIds.size > 0) courier.wake(news.webhookIds);
        return result;
      }),
  };
}

/** What to tell after the commit. */
interface News {
  frames: (() => string)[];
  webhookIds: Set<string>;
}

async function append(
  trx: DatabaseTransaction,
  instanceId: string,
  of: InstanceChannels,
  event: NewEvent,
  news: News,
  { seal, clock, baseUrl }: OutboxOptions,
): Promise<boolean> {
  const now = clock.now();
  const eventId = `evt_${of.nextId()}`;
  const data = JSON.stringify(event.data);
  const inserted = await trx
    .insertInto('events')
    .values({
      id: eventId,
      instance_id: instanceId,
      kind: event.kind,
      lane: event.lane,
      dedupe_key: event.dedupeKey,
      data,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['instance_id', 'dedupe_key']).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return false;

  const envelope: Envelope = {
    event: event.kind,
    eventId,
    data,
    baseUrl: baseUrl(),
    instance: of.name,
    token: of.token,
  };
  const webhooks = of.webhooks.filter((webhook) => webhook.events.has(event.kind));
  const deliveries = webhooks.map((webhook) =>
    newDelivery(seal, { id: `dlv_${of.nextId()}`, instanceId, webhook, lane: event.lane, envelope, now }),
  );
  if (deliveries.length > 0) await trx.insertInto('deliveries').values(deliveries).execute();

  for (const webhook of webhooks) news.webhookIds.add(webhook.id);
  if (of.websocket?.events.has(event.kind)) {
    news.frames.push(() => envelopeText(envelope, { includeToken: true }));
  }
  return true;
}
