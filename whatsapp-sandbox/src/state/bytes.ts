/** JSON for trees that hold bytes, maps and sets, which plain JSON would lose. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { $map: [...value].map(([key, each]) => [key, toJson(each)]) };
  if (value instanceof Set) return { $set: [...value].map(toJson) };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
}

/** Undoes `toJson`. */
export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  const { $bytes, $map, $set } = value as { $bytes?: unknown; $map?: unknown; $set?: unknown };
  if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'));
  if (Array.isArray($map)) return new Map($map.map(([key, each]) => [key, fromJson(each)]));
  if (Array.isArray($set)) return new Set($set.map(fromJson));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromJson(each)]));
}
