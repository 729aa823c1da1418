export interface EventTable {
  /** `evt_` + 26 characters, ascending per instance. */
  id: string;
  instance_id: string;
  kind: string;
  /** Delivery lane: the chat's JID, null for events without one. */
  lane: string | null;
  /** What makes two reports the same event; unique per instance when present. */
  dedupe_key: string | null;
  /** JSON of the envelope's `data` */
  data: string;
  created_at: number;
}

export interface WebhookTable {
  id: string;
  instance_id: string;
  label: string;
  enabled: number;
  url: string;
  authorization_sealed: Uint8Array | null;
  by_events: number;
  /** JSON string[] */
  events: string;
  media_base64: number;
  include_token: number;
  secret_sealed: Uint8Array;
  previous_secret_sealed: Uint8Array | null;
  previous_secret_expires_at: number | null;
  disabled_reason: string | null;
  created_at: number;
  updated_at: number;
}

export interface WebsocketTable {
  instance_id: string;
  enabled: number;
  /** JSON string[] */
  events: string;
  media_base64: number;
  updated_at: number;
}

export interface DeliveryTable {
  /** `dlv_` + 26 characters. */
  id: string;
  event_id: string;
  webhook_id: string;
  instance_id: string;
  event_kind: string;
  lane: string;
  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  next_attempt_at: number | null;
  /** Owner of the running attempt; every end of an attempt is conditional on it. */
  claim_id: string | null;
  claimed_until: number | null;
  http_status: number | null;
  error: string | null;
  replayed: number;
  /** The exact bytes to send; sealed, because they may hold the instance's token. */
  body_sealed: Uint8Array;
  created_at: number;
  last_attempt_at: number | null;
  /** It may leave from this moment on: until then its message's file may come. null = it does not wait, or no longer. */
  waits_until: number | null;
  /** When it became `delivered` or `dead`: its time to be kept starts here. null while it is pending. */
  ended_at: number | null;
}
