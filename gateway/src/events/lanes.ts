/** A delivery that has not ended. `busy`: someone is at it. */
export interface Waiting {
  id: string;
  lane: string;
  busy: boolean;
}

/** Attempts of one webhook that may run at the same time. */
export const MAX_IN_FLIGHT = 8;

/** Retries among them: first attempts find room however many retries a receiver's bad day has left. */
export const MAX_RETRIES_IN_FLIGHT = 4;

/** First attempts of a lane that are claimed together, to be sent one after another. */
export const RUN_LENGTH = 16;

/**
 * Chooses what to claim for one webhook: lists of ids, each to be worked off in order, the lists side by side.
 *
 * `first`: deliveries without an attempt, in event order. A lane in which one of them is busy waits for it, which
 * is what keeps first attempts in order. `retries`: failed deliveries that are due, the longest waiting first; they
 * hold up no lane, nor does a lane hold up them.
 */
export function planRuns(first: Waiting[], retries: Waiting[]): string[][] {
  const busyLanes = new Set(first.filter((row) => row.busy).map((row) => row.lane));
  const busyRetries = retries.filter((row) => row.busy).length;
  let slots = Math.max(0, MAX_IN_FLIGHT - busyLanes.size - busyRetries);

  const room = Math.max(0, Math.min(slots, MAX_RETRIES_IN_FLIGHT - busyRetries));
  const retryRuns = retries
    .filter((row) => !row.busy)
    .slice(0, room)
    .map((row) => [row.id]);
  slots -= retryRuns.length;

  const runs = new Map<string, string[]>();
  for (const { id, lane } of first) {
    if (busyLanes.has(lane)) continue;
    const run = runs.get(lane);
    if (!run && runs.size < slots) runs.set(lane, [id]);
    else if (run && run.length < RUN_LENGTH) run.push(id);
  }
  return [...retryRuns, ...runs.values()];
}
