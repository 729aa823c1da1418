/** Time as the gateway sees it. Injected everywhere so that tests move it instead of waiting for it. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `task` once after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** Node clamps a longer delay to 1 ms, so a far deadline would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/** Length of `2026-04-28T10:30:00`. */
const WHOLE_SECONDS = 19;

/** RFC 3339 in UTC with whole seconds, the only form in which the contract shows a time. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, WHOLE_SECONDS)}Z`;
}
