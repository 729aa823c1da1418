/** A time in milliseconds since the epoch as stanzas carry it: Unix seconds, as a string. */
export function seconds(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000));
}
