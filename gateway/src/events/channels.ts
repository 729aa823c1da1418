import type { Clock } from '../clock.ts';
import { ascendingIds } from '../ids.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { type Seal, SealBroken } from '../storage/seal.ts';
import type { Logger } from '../telemetry/log.ts';
import { DELIVERY_STATUSES } from './webhooks/deliveries.ts';

/** What the outbox must know of an instance to append its events: where they go and what they say of it. */
export interface InstanceChannels {
  name: string;
  /** In clear; '' when it was sealed with a lost key. */
  token: string;
  /** The enabled ones. */
  webhooks: { id: string; events: ReadonlySet<string>; includeToken: boolean; mediaBase64: boolean }[];
  /** What an enabled WebSocket configuration lets through; null when there is none. */
  websocket: { events: ReadonlySet<string>; mediaBase64: boolean } | null;
  /** Files go into a bucket, whose URL every channel shows. */
  hasBucket: boolean;
  /** Makes the ids of events and deliveries, above all that are stored. */
  nextId: () => string;
}

/** How long a change made by another process (the command line) may stay unseen. Own changes are seen at once. */
const MAX_AGE_MS = 5_000;

interface Cached {
  channels: InstanceChannels;
  loadedAt: number;
}

export interface ChannelsOptions {
  seal: Seal;
  clock: Clock;
  log: Logger;
}

/** Keeps each instance's channels in memory, so that an event costs no query to find out where it goes. */
export class Channels {
  readonly #sources: { seal: Seal; log: Logger };
  readonly #clock: Clock;
  readonly #cache = new Map<string, Cached>();
  /** Counts changes, so that a load that began before one is not kept after it. */
  #changes = 0;

  constructor({ seal, clock, log }: ChannelsOptions) {
    this.#sources = { seal, log };
    this.#clock = clock;
  }

  /** null when there is no such instance. Call it only while no other transaction appends to this instance. */
  async of(db: Queries, instanceId: string): Promise<InstanceChannels | null> {
    const now = this.#clock.now();
    const cached = this.#cache.get(instanceId);
    if (cached && Math.abs(now - cached.loadedAt) < MAX_AGE_MS) return cached.channels;
    const changes = this.#changes;
    const channels = await this.#load(db, instanceId);
    if (channels && changes === this.#changes) this.#cache.set(instanceId, { channels, loadedAt: now });
    return channels;
  }

  /**
   * Call after the commit of anything that an event shows or that decides where it goes: webhooks, WebSocket
   * configuration, name or token of the instance, its deletion.
   */
  changed(instanceId: string): void {
    this.#changes++;
    this.#cache.delete(instanceId);
  }

  async #load(db: Queries, instanceId: string): Promise<InstanceChannels | null> {
    const instance = await db
      .selectFrom('instances')
      .select(['id', 'name', 'token_sealed', 's3', 'events_forgotten_to'])
      .where('id', '=', instanceId)
      .executeTakeFirst();
    if (!instance) return null;
    const webhooks = await db
      .selectFrom('webhooks')
      .select(['id', 'events', 'include_token', 'media_base64'])
      .where('instance_id', '=', instanceId)
      .where('enabled', '=', 1)
      .orderBy('id')
      .execute();
    const websocket = await db
      .selectFrom('websockets')
      .select(['events', 'media_base64'])
      .where('instance_id', '=', instanceId)
      .where('enabled', '=', 1)
      .executeTakeFirst();
    return {
      name: instance.name,
      token: tokenForEvents(this.#sources, instance),
      webhooks: webhooks.map((row) => ({
        id: row.id,
        events: eventSet(row.events),
        includeToken: row.include_token === 1,
        mediaBase64: row.media_base64 === 1,
      })),
      websocket: websocket
        ? { events: eventSet(websocket.events), mediaBase64: websocket.media_base64 === 1 }
        : null,
      hasBucket: instance.s3 !== null,
      nextId: ascendingIds(this.#clock.now, await newestId(db, instance)),
    };
  }
}

/** An instance's token in clear, for its events; '' when it was sealed with a lost key. */
export function tokenForEvents(
  { seal, log }: { seal: Seal; log: Logger },
  { id, token_sealed: sealed }: Pick<InstanceRow, 'id' | 'token_sealed'>,
): string {
  try {
    return seal.open(sealed, `instance:${id}:token`).toString();
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    log.warn({ instanceId: id, err: error }, 'cannot open the token of an instance; its events have none');
    return '';
  }
}

function eventSet(json: string): ReadonlySet<string> {
  return new Set(JSON.parse(json) as string[]);
}

const PREFIX = /^[a-z]+_/;

/** The highest id given to an event or delivery of the instance, kept or forgotten, without its prefix. */
async function newestId(
  db: Queries,
  { id: instanceId, events_forgotten_to: forgotten }: Pick<InstanceRow, 'id' | 'events_forgotten_to'>,
): Promise<string | undefined> {
  const newest = (table: 'events' | 'deliveries') =>
    db.selectFrom(table).select('id').where('instance_id', '=', instanceId).orderBy('id', 'desc').limit(1);
  const queries = [
    newest('events'),
    ...DELIVERY_STATUSES.map((status) => newest('deliveries').where('status', '=', status)),
  ];
  let last = forgotten?.replace(PREFIX, '');
  for (const query of queries) {
    const id = (await query.executeTakeFirst())?.id.replace(PREFIX, '');
    if (id !== undefined && (last === undefined || id > last)) last = id;
  }
  return last;
}
