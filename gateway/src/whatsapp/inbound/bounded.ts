/** The longest text that WhatsApp's own apps let a user write. */
const TEXT_CHARACTERS = 65_536;
/** The largest list that means something: every member of a group is mentioned. */
const ITEMS = 1_024;
/** Parameters of a form may nest; nothing of ours goes this deep. */
const DEPTH = 16;
/** All texts of a message together. */
const TOTAL_CHARACTERS = 1_048_576;
const TOTAL_ITEMS = 20_000;

/**
 * The same value within bounds, also when a stranger made it: texts and lists end where they reach theirs, what
 * lies too deep is null. So the size of an event has a limit, and JSON can hold it.
 */
export function bounded<T>(value: T): T {
  const left = { characters: TOTAL_CHARACTERS, items: TOTAL_ITEMS };
  return cut(value, left, 0) as T;
}

function cut(value: unknown, left: { characters: number; items: number }, depth: number): unknown {
  if (typeof value === 'string') {
    const text = value.slice(0, Math.min(TEXT_CHARACTERS, left.characters)).toWellFormed();
    left.characters -= text.length;
    return text;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (depth >= DEPTH) return null;
  if (Array.isArray(value)) return takeFrom(value, left).map((item) => cut(item, left, depth + 1));
  return Object.fromEntries(
    takeFrom(Object.entries(value), left).map(([key, item]) => [
      cut(key, left, depth),
      cut(item, left, depth + 1),
    ]),
  );
}

function takeFrom<I>(items: I[], left: { items: number }): I[] {
  const taken = items.slice(0, Math.min(ITEMS, left.items));
  left.items -= taken.length;
  return taken;
}
