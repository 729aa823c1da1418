import { failure } from '../failure.ts';
import { DOCUMENTED_EVENTS, type EventName, isEventName } from './catalog.ts';

/** The events a channel gets: the names given, without duplicates; none given means the documented six. */
export function eventFilter(names: readonly string[] = []): EventName[] {
  const filter = new Set<EventName>();
  for (const name of names) {
    if (!isEventName(name)) throw failure('field_invalid', { text: `Invalid event: ${name}` });
    filter.add(name);
  }
  return filter.size === 0 ? [...DOCUMENTED_EVENTS] : [...filter];
}
