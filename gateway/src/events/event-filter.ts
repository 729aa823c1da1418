import { failure } from '../failure.ts';
import { DOCUMENTED_EVENTS, type EventName, isEventName } from './catalog.ts';

const SHOWN_CHARACTERS = 64;

/** Checks a name that a client wrote. Throws `field_invalid`: `Invalid event: <name>`. */
export function requireEventName(name: string): EventName {
  if (isEventName(name)) return name;
  const shown = [...name].slice(0, SHOWN_CHARACTERS).join('');
  throw failure('field_invalid', { text: `Invalid event: ${shown}` });
}

/** The events a channel gets: the names given, without duplicates; none given means the documented six. */
export function eventFilter(names: readonly string[] = []): EventName[] {
  const filter = new Set(names.map(requireEventName));
  return filter.size === 0 ? [...DOCUMENTED_EVENTS] : [...filter];
}
