import { statement } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { DeliveryRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import { type Envelope, envelopeText } from './envelope.ts';

/** Lane of the events that belong to no chat. */
const OWN_LANE = '';

export interface DeliverySource {
  id: string;
  instanceId: string;
  webhook: { id: string; includeToken: boolean };
  lane: string | null;
  envelope: Envelope;
  now: number;
  /** It waits for the file of its message, and leaves as it is at this moment at the latest. */
  waitsUntil?: number | null;
}

/** A delivery that waits for its first attempt. */
export type NewDelivery = Pick<
  DeliveryRow,
  | 'id'
  | 'event_id'
  | 'webhook_id'
  | 'instance_id'
  | 'event_kind'
  | 'lane'
  | 'body_sealed'
  | 'created_at'
  | 'waits_until'
>;

/** Makes the bytes of a delivery, once. */
export function newDelivery(
  seal: Seal,
  { id, instanceId, webhook, lane, envelope, now, waitsUntil = null }: DeliverySource,
): NewDelivery {
  return {
    id,
    event_id: envelope.eventId,
    webhook_id: webhook.id,
    instance_id: instanceId,
    event_kind: envelope.event,
    lane: lane ?? OWN_LANE,
    body_sealed: sealedBody(seal, id, envelope, webhook),
    created_at: now,
    waits_until: waitsUntil,
  };
}

/** The bytes that a webhook gets, as they lie in the row of its delivery. */
export function sealedBody(
  seal: Seal,
  deliveryId: string,
  envelope: Envelope,
  webhook: { includeToken: boolean },
): Uint8Array {
  return seal.seal(envelopeText(envelope, webhook), `delivery:${deliveryId}:body`);
}

/** Compiled once, because it runs for every event. `replayed`: it was asked for, rather than told. */
export function deliveryInsert(
  db: Queries,
): (runner: Queries, row: NewDelivery, replayed: boolean) => Promise<unknown> {
  const insert = statement(
    (
      id: string,
      event_id: string,
      webhook_id: string,
      instance_id: string,
      event_kind: string,
      lane: string,
      body_sealed: Uint8Array,
      created_at: number,
      replayed: number,
      waits_until: number | null,
    ) =>
      db.insertInto('deliveries').values({
        ...{ id, event_id, webhook_id, instance_id, event_kind, lane, body_sealed, created_at, replayed },
        waits_until,
        status: 'pending',
        attempts: 0,
        next_attempt_at: created_at,
      }),
  );
  return (runner, row, replayed) =>
    insert(
      runner,
      row.id,
      row.event_id,
      row.webhook_id,
      row.instance_id,
      row.event_kind,
      row.lane,
      row.body_sealed,
      row.created_at,
      Number(replayed),
      row.waits_until,
    );
}
