const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/**
 * How long to wait before opening a connection again: doubling from 1 second to 5 minutes, half of it fixed and
 * half random, so that instances that were cut off together do not come back together.
 *
 * @param failures connections that failed since the last open one, at least 1
 * @param random a number in [0, 1)
 */
export function reconnectDelay(failures: number, random: number): number {
  const ceiling = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return ceiling / 2 + (ceiling / 2) * random;
}
