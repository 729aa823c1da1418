/** Databases bound the parameters of a query. */
const PER_QUERY = 500;

/** The same values in parts of which each fits into one query. */
export function inParts<T>(values: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < values.length; start += PER_QUERY) {
    parts.push(values.slice(start, start + PER_QUERY));
  }
  return parts;
}
