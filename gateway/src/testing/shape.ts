/**
 * Where an answer differs from an example in its keys and types, as a list of paths. Values may differ; null is a type
 * of its own. Every entry of a list must look like one of the example's entries, and there must be one where the example
 * has one.
 */
export function shapeDifferences(actual: unknown, example: unknown, path = ''): string[] {
  const [is, wanted] = [typeName(actual), typeName(example)];
  if (is !== wanted) return [`${path} is ${is}, not ${wanted}`];
  if (Array.isArray(actual) && Array.isArray(example)) {
    if (example.length === 0) return [];
    if (actual.length === 0) return [`${path} is empty`];
    return actual.flatMap((entry, i) => closest(entry, example, `${path}[${i}]`));
  }
  if (!isRecord(actual) || !isRecord(example)) return [];
  const keys = new Set([...Object.keys(actual), ...Object.keys(example)]);
  return [...keys].flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in actual)) return [`${at} is missing`];
    if (!(key in example)) return [`${at} is not in the example`];
    return shapeDifferences(actual[key], example[key], at);
  });
}

function closest(entry: unknown, examples: unknown[], path: string): string[] {
  const differences = examples.map((example) => shapeDifferences(entry, example, path));
  return differences.reduce((best, next) => (next.length < best.length ? next : best));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
