import { query } from '../storage/prepared.ts';
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

/** Stores a delivery. It runs for every event. `replayed`: 1 when a client asked for it, 0 when its event is new. */
export const insertDelivery = query(
  (
    db,
    {
      id,
      event_id,
      webhook_id,
      instance_id,
      event_kind,
      lane,
      body_sealed,
      created_at,
      waits_until,
      replayed,
    }: NewDelivery & { replayed: 0 | 1 },
  ) =>
    db.insertInto('deliveries').values({
      ...{ id, event_id, webhook_id, instance_id, event_kind, lane, body_sealed, created_at, waits_until },
      replayed,
      status: 'pending',
      attempts: 0,
      next_attempt_at: created_at,
    }),
);
