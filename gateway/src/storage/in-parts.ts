/** Both databases bound the parameters of a query; PostgreSQL and SQLite take far more than this. */
const VALUES_PER_QUERY = 500;

/** Splits values into parts of which each fits into one query, in their order. `size`: values of a part. */
export function inParts<T>(values: readonly T[], size = VALUES_PER_QUERY): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < values.length; start += size) {
    parts.push(values.slice(start, start + size));
  }
  return parts;
}
