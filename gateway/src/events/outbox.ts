import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/database.ts';
import { statement } from '../storage/prepared.ts';
import type { Seal } from '../storage/seal.ts';
import type { EventName } from './catalog.ts';
import type { Channels, InstanceChannels } from './channels.ts';
import { type Envelope, envelopeText } from './envelope.ts';
import { KeyedMutex } from './mutex.ts';
import { deliveryInsert, newDelivery } from './new-delivery.ts';

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
  const rows = inserts(db);
  return {
    transaction: (instanceId, work) =>
      instances.run(instanceId, async () => {
        const news: News = { frames: [], webhookIds: new Set() };
        const result = await db.transaction().execute((trx) =>
          work(trx, async (event) => {
            const of = await channels.of(trx, instanceId);
            if (!of) throw failure('instance_unknown');
            return append({ trx, rows, instanceId, of, news }, event, options);
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

interface Appending {
  trx: DatabaseTransaction;
  rows: ReturnType<typeof inserts>;
  instanceId: string;
  of: InstanceChannels;
  news: News;
}

async function append(
  { trx, rows, instanceId, of, news }: Appending,
  event: NewEvent,
  { seal, clock, baseUrl }: OutboxOptions,
): Promise<boolean> {
  const now = clock.now();
  const eventId = `evt_${of.nextId()}`;
  const data = JSON.stringify(event.data);
  const { kind, lane, dedupeKey } = event;
  const inserted = await rows.event(trx, eventId, instanceId, kind, lane, dedupeKey, data, now);
  if (inserted.length === 0) return false;

  const envelope: Envelope = {
    event: kind,
    eventId,
    data,
    baseUrl: baseUrl(),
    instance: of.name,
    token: of.token,
  };
  for (const webhook of of.webhooks) {
    if (!webhook.events.has(kind)) continue;
    const id = `dlv_${of.nextId()}`;
    const delivery = newDelivery(seal, { id, instanceId, webhook, lane, envelope, now });
    await rows.delivery(trx, delivery, false);
    news.webhookIds.add(webhook.id);
  }
  if (of.websocket?.events.has(kind)) {
    news.frames.push(() => envelopeText(envelope, { includeToken: true }));
  }
  return true;
}

/** The two inserts of every event, compiled once. */
function inserts(db: Queries) {
  return {
    event: statement(
      (
        id: string,
        instance_id: string,
        kind: string,
        lane: string | null,
        dedupe_key: string | null,
        data: string,
        created_at: number,
      ) =>
        db
          .insertInto('events')
          .values({ id, instance_id, kind, lane, dedupe_key, data, created_at })
          .onConflict((conflict) => conflict.columns(['instance_id', 'dedupe_key']).doNothing())
          .returning('id'),
    ),
    delivery: deliveryInsert(db),
  };
}
