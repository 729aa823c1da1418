import type { GuardedRequest } from '../../net/guarded-fetch.ts';
import type { WebhookRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import { webhookSignature } from './signature.ts';

/** What one attempt is made of. */
export interface Attempt {
  deliveryId: string;
  eventId: string;
  eventKind: string;
  /** 1 to 10 */
  number: number;
  bodySealed: Uint8Array;
  webhook: WebhookForAttempt;
}

export type WebhookForAttempt = Pick<
  WebhookRow,
  | 'id'
  | 'instance_id'
  | 'url'
  | 'by_events'
  | 'authorization_sealed'
  | 'secret_sealed'
  | 'previous_secret_sealed'
  | 'previous_secret_expires_at'
>;

/** For DNS, connection, headers and body together. */
export const ATTEMPT_DEADLINE_MS = 15_000;

/** The HTTP request of an attempt made at `now`. Throws `SealBroken` when something of it cannot be read. */
export function webhookRequest(attempt: Attempt, seal: Seal, now: number, userAgent: string): GuardedRequest {
  const { webhook } = attempt;
  const body = seal.open(attempt.bodySealed, `delivery:${attempt.deliveryId}:body`);
  const seconds = Math.floor(now / 1000);
  const open = (sealed: Uint8Array, column: string) =>
    seal.open(sealed, `webhook:${webhook.id}:${column}`).toString();

  const secrets = [open(webhook.secret_sealed, 'secret')];
  const expiry = webhook.previous_secret_expires_at;
  if (webhook.previous_secret_sealed && expiry !== null && now < expiry) {
    secrets.push(open(webhook.previous_secret_sealed, 'secret'));
  }
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'User-Agent': userAgent,
    'webhook-id': attempt.eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': webhookSignature(secrets, { id: attempt.eventId, timestamp: seconds, body }),
    'X-Delivery-Attempt': String(attempt.number),
  };
  if (webhook.authorization_sealed)
    headers.Authorization = open(webhook.authorization_sealed, 'authorization');
  const url = webhook.by_events === 1 ? urlOfEvent(webhook.url, attempt.eventKind) : webhook.url;
  return { method: 'POST', url, headers, body, deadlineMs: ATTEMPT_DEADLINE_MS };
}

/** The event's name as the last path segment, before the query and after exactly one slash. */
export function urlOfEvent(text: string, event: string): string {
  const url = new URL(text);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${event}`;
  return url.href;
}
