import { failure } from '../../failure.ts';
import { type AddressRange, forbiddenLiteral } from '../../net/address-policy.ts';
import type { EventName } from '../catalog.ts';
import { eventFilter } from '../event-filter.ts';

/** What a client sends for one webhook. A field left out keeps its value, or takes its default on a new label. */
export interface WebhookInput {
  label?: string | undefined;
  enabled: boolean;
  url?: string | undefined;
  /** null or '' removes it. */
  authorization?: string | null | undefined;
  byEvents?: boolean | undefined;
  events?: string[] | undefined;
  mediaBase64?: boolean | undefined;
  includeToken?: boolean | undefined;
  rotateSecret?: boolean | undefined;
}

/** What an enabled webhook is to have. `authorization`: undefined keeps the one that is stored. */
export interface WebhookSettings {
  url: string;
  authorization: string | null | undefined;
  byEvents: boolean;
  events: EventName[];
  mediaBase64: boolean;
  includeToken: boolean;
}

/** What the row has so far. */
export interface WebhookBefore {
  url: string;
  by_events: number;
  media_base64: number;
  include_token: number;
}

export const DEFAULT_LABEL = 'default';
const MAX_LABEL = 64;
const MAX_URL = 2_048;
const MAX_AUTHORIZATION = 4_096;

const CONTROL_CHARACTER = /\p{Cc}/u;

export function webhookLabel(label: string = DEFAULT_LABEL): string {
  if (label === '') return DEFAULT_LABEL;
  const trimmed = label.trim();
  if (trimmed === '' || [...trimmed].length > MAX_LABEL || CONTROL_CHARACTER.test(trimmed)) {
    throw failure('field_invalid', { text: `Label must be between 1 and ${MAX_LABEL} characters` });
  }
  return trimmed;
}

/** Settings of a webhook that is to be enabled. Throws the contract's failures. */
export function webhookSettings(
  input: WebhookInput,
  before: WebhookBefore | undefined,
  allowed: readonly AddressRange[],
): WebhookSettings {
  return {
    url: webhookUrl(input.url || before?.url, allowed),
    authorization: webhookAuthorization(input.authorization),
    byEvents: input.byEvents ?? before?.by_events === 1,
    events: eventFilter(input.events),
    mediaBase64: input.mediaBase64 ?? before?.media_base64 === 1,
    includeToken: input.includeToken ?? before?.include_token !== 0,
  };
}

function webhookUrl(text: string | undefined, allowed: readonly AddressRange[]): string {
  if (!text) throw failure('field_required', { field: 'Url' });
  const url = URL.parse(text);
  const usable =
    url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password;
  if (!usable || text.length > MAX_URL || CONTROL_CHARACTER.test(text))
    throw failure('field_invalid', { text: 'Invalid webhook URL' });
  if (forbiddenLiteral(url.hostname, allowed)) throw failure('address_forbidden', { field: 'Url' });
  return text;
}

/** Printable Latin-1: all that a header can carry. */
const HEADER_VALUE = /^[\x20-\x7e\xa0-\xff]*$/;

function webhookAuthorization(value: string | null | undefined): string | null | undefined {
  if (value === undefined) return undefined;
  if (value === null || value === '') return null;
  if (value.length > MAX_AUTHORIZATION || !HEADER_VALUE.test(value)) {
    throw failure('field_invalid', { text: 'Authorization must be a valid header value' });
  }
  return value;
}

/** The form in which two URLs are compared: as they are requested, so without a fragment. */
export function normalisedUrl(text: string): string {
  const url = URL.parse(text);
  if (!url) return text;
  url.hash = '';
  return url.href;
}
