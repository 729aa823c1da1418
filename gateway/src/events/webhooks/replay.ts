import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import { ascendingIds, lowestId } from '../../ids.ts';
import type { Storage } from '../../storage/database.ts';
import { inParts } from '../../storage/in-parts.ts';
import type { DatabaseTransaction } from '../../storage/queries.ts';
import type { InstanceRow, WebhookRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import { tokenForEvents } from '../channels.ts';
import { envelopeOf } from '../envelope.ts';
import { insertDelivery, newDelivery } from '../new-delivery.ts';
import { MAX_REPLAYS, type ReplayRange, type ReplayRequest, tooLarge } from './replay-request.ts';

export interface ReplayDeps {
  storage: Pick<Storage, 'db' | 'dialect'>;
  seal: Seal;
  clock: Clock;
  log: Logger;
  courier: { wake(webhookIds: Iterable<string>): void };
  /** The gateway's public base URL. */
  baseUrl: () => string;
}

/** Deliveries that one transaction puts back: it must not hold up live events. */
const BATCH = 200;

/**
 * Puts deliveries back into the queue of one webhook, one event or a range, and returns how many. What still waits
 * for its first attempt is left as it is. Throws the contract's failures.
 */
export async function replay(
  deps: ReplayDeps,
  instance: InstanceRow,
  request: ReplayRequest,
): Promise<number> {
  const { label } = request;
  const webhook = await deps.storage.db
    .selectFrom('webhooks')
    .selectAll()
    .where('instance_id', '=', instance.id)
    .where('label', '=', label)
    .executeTakeFirst();
  if (!webhook) throw failure('webhook_unknown', { label });
  if (webhook.enabled === 0) throw failure('webhook_disabled', { label });
  const target = new Target(deps, instance, webhook);
  const scheduled = 'id' in request ? await target.one(request.id) : await target.range(request.range);
  deps.courier.wake([webhook.id]);
  return scheduled;
}

/** The webhook that gets it all again. */
class Target {
  readonly #deps: ReplayDeps;
  readonly #instance: InstanceRow;
  readonly #webhook: WebhookRow;
  readonly #nextId: () => string;

  constructor(deps: ReplayDeps, instance: InstanceRow, webhook: WebhookRow) {
    this.#deps = deps;
    this.#instance = instance;
    this.#webhook = webhook;
    this.#nextId = ascendingIds(deps.clock.now);
  }

  /** By the id of a delivery or of an event. */
  one(id: string): Promise<number> {
    const byEvent = id.startsWith('evt_');
    return this.#transaction(async (trx) => {
      const delivery = await trx
        .selectFrom('deliveries')
        .select('id')
        .where('webhook_id', '=', this.#webhook.id)
        .where(byEvent ? 'event_id' : 'id', '=', id)
        .executeTakeFirst();
      if (!byEvent && !delivery) throw failure('delivery_unknown');
      if (byEvent && !(await this.#isLogged(trx, id))) throw failure('event_unknown');
      return delivery ? this.#again(trx, [delivery.id]) : this.#anew(trx, [id]);
    });
  }

  async range(range: ReplayRange): Promise<number> {
    const dead = range.scope === 'dead';
    const ids = await (dead ? this.#deadOf(range) : this.#eventsOf(range));
    if (ids.length > MAX_REPLAYS) throw tooLarge();
    let scheduled = 0;
    for (const batch of inParts(ids, BATCH)) {
      scheduled += await this.#transaction((trx) =>
        dead ? this.#again(trx, batch) : this.#anew(trx, batch),
      );
    }
    return scheduled;
  }

  /** Holds the webhook's row before its deliveries, in which order the courier locks them too. */
  #transaction<T>(work: (trx: DatabaseTransaction) => Promise<T>): Promise<T> {
    const { db, dialect } = this.#deps.storage;
    return db.transaction().execute(async (trx) => {
      const query = trx.selectFrom('webhooks').select('enabled').where('id', '=', this.#webhook.id);
      const webhook = await (dialect === 'postgres' ? query.forNoKeyUpdate() : query).executeTakeFirst();
      if (webhook?.enabled !== 1) throw failure('webhook_disabled', { label: this.#webhook.label });
      return work(trx);
    });
  }

  async #isLogged(trx: DatabaseTransaction, eventId: string): Promise<boolean> {
    const event = trx.selectFrom('events').select('id').where('id', '=', eventId);
    return (await event.where('instance_id', '=', this.#instance.id).executeTakeFirst()) !== undefined;
  }

  async #deadOf({ from, to, kinds }: ReplayRange): Promise<string[]> {
    let query = this.#deps.storage.db
      .selectFrom('deliveries')
      .select('id')
      .where('webhook_id', '=', this.#webhook.id)
      .where('event_id', '>=', firstEvent(from))
      .where('event_id', '<', firstEvent(to))
      .where('status', '=', 'dead')
      .limit(MAX_REPLAYS + 1);
    if (kinds.length > 0) query = query.where('event_kind', 'in', kinds);
    return (await query.execute()).map(({ id }) => id);
  }

  async #eventsOf({ from, to, kinds }: ReplayRange): Promise<string[]> {
    const filter = JSON.parse(this.#webhook.events) as string[];
    const wanted = kinds.length > 0 ? filter.filter((kind) => kinds.some((one) => one === kind)) : filter;
    if (wanted.length === 0) return [];
    const rows = await this.#deps.storage.db
      .selectFrom('events')
      .select('id')
      .where('instance_id', '=', this.#instance.id)
      .where('id', '>=', firstEvent(from))
      .where('id', '<', firstEvent(to))
      .where('kind', 'in', wanted)
      .limit(MAX_REPLAYS + 1)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** The same bytes once more, or these. An attempt that runs at this moment loses its say over the row. */
  async #again(trx: DatabaseTransaction, deliveryIds: string[], bodySealed?: Uint8Array): Promise<number> {
    if (deliveryIds.length === 0) return 0;
    const updated = await trx
      .updateTable('deliveries')
      .set({
        status: 'pending',
        attempts: 0,
        replayed: 1,
        next_attempt_at: this.#deps.clock.now(),
        http_status: null,
        error: null,
        last_attempt_at: null,
        ended_at: null,
        claim_id: null,
        claimed_until: null,
        ...(bodySealed ? { body_sealed: bodySealed } : {}),
      })
      .where('id', 'in', deliveryIds)
      .where((e) => e.or([e('status', '!=', 'pending'), e('attempts', '>', 0)]))
      .executeTakeFirst();
    return Number(updated.numUpdatedRows);
  }

  /** Bodies made anew from the event log, with what the envelope would say today. */
  async #anew(trx: DatabaseTransaction, eventIds: string[]): Promise<number> {
    if (eventIds.length === 0) return 0;
    const { seal, clock, baseUrl } = this.#deps;
    const events = await trx.selectFrom('events').selectAll().where('id', 'in', eventIds).execute();
    const sent = await trx
      .selectFrom('deliveries')
      .select(['id', 'event_id'])
      .where('webhook_id', '=', this.#webhook.id)
      .where('event_id', 'in', eventIds)
      .execute();
    const known = new Map(sent.map((row) => [row.event_id, row.id]));
    const token = tokenForEvents(this.#deps, this.#instance);
    const rows = events.map((event) =>
      newDelivery(seal, {
        id: known.get(event.id) ?? `dlv_${this.#nextId()}`,
        instanceId: this.#instance.id,
        webhook: { id: this.#webhook.id, includeToken: this.#webhook.include_token === 1 },
        lane: event.lane,
        envelope: envelopeOf(event, { name: this.#instance.name, token }, baseUrl()),
        now: clock.now(),
      }),
    );
    let scheduled = 0;
    for (const row of rows) {
      if (known.has(row.event_id)) {
        scheduled += await this.#again(trx, [row.id], row.body_sealed);
      } else {
        await insertDelivery(trx, { ...row, replayed: 1 });
        scheduled++;
      }
    }
    return scheduled;
  }
}

function firstEvent(ms: number): string {
  return `evt_${lowestId(ms)}`;
}
