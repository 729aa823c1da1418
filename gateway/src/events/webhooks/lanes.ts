/** A delivery that has not ended. `busy`: someone is at it. */
export interface Waiting {
  id: string;
  lane: string;
  busy: boolean;
}

/** Attempts of one webhook that may run at the same time. */
export const MAX_IN_FLIGHT = 8;

/** Retries and replays among them: first attempts find room however many of these a bad day has left. */
export const MAX_REPEATS_IN_FLIGHT = 4;

/** First attempts of a lane that are claimed together, to be sent one after another. */
export const RUN_LENGTH = 16;

/** What one webhook still has to get. */
export interface WaitingDeliveries {
  /** Without an attempt, in event order. */
  first: Waiting[];
  /** Failed and due, the longest waiting first. */
  retries: Waiting[];
  /** Asked for again and without an attempt since, in event order. */
  replays: Waiting[];
}

/**
 * Chooses what to claim for one webhook: lists of ids, each to be worked off in order, the lists side by side.
 *
 * A lane in which a first attempt is busy waits for it, which is what keeps first attempts in order. Retries hold up
 * no lane, nor does a lane hold up them. Replays keep an order of their own in the same way, in the room that first
 * attempts and retries leave.
 */
export function planRuns({ first, retries, replays }: WaitingDeliveries): string[][] {
  const busyLanes = lanesOf(first);
  const busyReplayLanes = lanesOf(replays);
  const busyRepeats = retries.filter((row) => row.busy).length + busyReplayLanes.size;
  const slots = Math.max(0, MAX_IN_FLIGHT - busyLanes.size - busyRepeats);
  const repeats = Math.max(0, Math.min(slots, MAX_REPEATS_IN_FLIGHT - busyRepeats));

  const retryRuns = retries
    .filter((row) => !row.busy)
    .slice(0, repeats)
    .map((row) => [row.id]);
  const firstRuns = runsByLane(first, busyLanes, slots - retryRuns.length);
  const left = slots - retryRuns.length - firstRuns.length;
  const replayRuns = runsByLane(replays, busyReplayLanes, Math.min(left, repeats - retryRuns.length));
  return [...retryRuns, ...firstRuns, ...replayRuns];
}

function lanesOf(rows: Waiting[]): Set<string> {
  return new Set(rows.filter((row) => row.busy).map((row) => row.lane));
}

function runsByLane(rows: Waiting[], busy: ReadonlySet<string>, most: number): string[][] {
  const runs = new Map<string, string[]>();
  for (const { id, lane } of rows) {
    if (busy.has(lane)) continue;
    const run = runs.get(lane);
    if (!run && runs.size < most) runs.set(lane, [id]);
    else if (run && run.length < RUN_LENGTH) run.push(id);
  }
  return [...runs.values()];
}
