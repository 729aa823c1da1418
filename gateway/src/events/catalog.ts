/** Names of the documented events; an empty filter means all six. */
export const DOCUMENTED_EVENTS = [
  'message.exchange',
  'message.status',
  'call.update',
  'group.flow',
  'instance.state',
  'label.update',
] as const;

/** Sent only to channels whose filter names them. */
export const OPT_IN_EVENTS = ['message.undecryptable', 'message.update', 'contact.identity'] as const;

export type EventName = (typeof DOCUMENTED_EVENTS)[number] | (typeof OPT_IN_EVENTS)[number];

const names: ReadonlySet<string> = new Set([...DOCUMENTED_EVENTS, ...OPT_IN_EVENTS]);

export function isEventName(name: string): name is EventName {
  return names.has(name);
}
