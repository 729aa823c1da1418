import { z } from 'zod';
import { failure } from '../../failure.ts';
import type { EventName } from '../catalog.ts';
import { requireEventName } from '../event-filter.ts';
import { webhookLabel } from './webhook-rules.ts';

/** What a client sends; empty texts count as not sent. */
export interface ReplayInput {
  label?: string | undefined;
  id?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  scope?: 'dead' | 'all' | undefined;
  events?: string[] | undefined;
}

export interface ReplayRange {
  /** Event time in Unix milliseconds, included. */
  from: number;
  /** Excluded. */
  to: number;
  scope: 'dead' | 'all';
  /** Every kind when empty. */
  kinds: EventName[];
}

export type ReplayRequest = { label: string } & ({ id: string } | { range: ReplayRange });

const MAX_RANGE_MS = 14 * 24 * 3_600_000;
export const MAX_REPLAYS = 10_000;

/** Reads a replay request. Throws the contract's failures. */
export function replayRequest({ label, id, from, to, scope, events }: ReplayInput): ReplayRequest {
  if (id && (from || to)) throw invalid('Send either id or from and to, not both');
  const target = { label: webhookLabel(label) };
  const kinds = eventKinds(events ?? []);
  if (id) return { ...target, id };
  if (!from || !to) throw invalid('Either id or from and to is required');
  const range = { from: moment('From', from), to: moment('To', to), scope: scope ?? 'dead', kinds };
  if (range.to <= range.from) throw invalid('To must be after from');
  if (range.to - range.from > MAX_RANGE_MS) throw tooLarge();
  return { ...target, range };
}

/** Names of events, checked; none means all of them. */
export function eventKinds(names: readonly string[]): EventName[] {
  return names.map(requireEventName);
}

export function tooLarge() {
  return invalid(`Replay range too large: at most 14 days and ${MAX_REPLAYS} deliveries`);
}

const dateTime = z.iso.datetime({ offset: true });

function moment(field: string, text: string): number {
  if (dateTime.safeParse(text).success) return Date.parse(text);
  throw invalid(`${field} must be an RFC 3339 date-time with time zone`);
}

function invalid(text: string) {
  return failure('field_invalid', { text });
}
