import type { Insertable } from 'kysely';
import type { DeliveryTable } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import { type Envelope, envelopeText } from './envelope.ts';

/** Lane of the events that belong to no chat. */
const OWN_LANE = '';

export interface NewDelivery {
  id: string;
  instanceId: string;
  webhook: { id: string; includeToken: boolean };
  lane: string | null;
  envelope: Envelope;
  now: number;
}

/** A delivery that waits for its first attempt. Its bytes are made here, once. */
export function newDelivery(
  seal: Seal,
  { id, instanceId, webhook, lane, envelope, now }: NewDelivery,
): Insertable<DeliveryTable> {
  return {
    id,
    event_id: envelope.eventId,
    webhook_id: webhook.id,
    instance_id: instanceId,
    event_kind: envelope.event,
    lane: lane ?? OWN_LANE,
    status: 'pending',
    attempts: 0,
    next_attempt_at: now,
    replayed: 0,
    body_sealed: seal.seal(envelopeText(envelope, webhook), `delivery:${id}:body`),
    created_at: now,
  };
}
