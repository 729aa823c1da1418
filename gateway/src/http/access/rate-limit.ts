/** A fixed window of one key: opened by its first request, over after `WINDOW_MS`. */
export interface RateWindow {
  openedAt: number;
  used: number;
}

export interface Decision {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Unix milliseconds at which the window ends. */
  resetsAt: number;
}

export const WINDOW_MS = 60_000;

/** One more request against a window (`undefined` = none yet). Refused requests are not counted. */
export function decide(
  window: RateWindow | undefined,
  limit: number,
  now: number,
): { window: RateWindow; decision: Decision } {
  const current = window && isOpen(window, now) ? window : { openedAt: now, used: 0 };
  const allowed = current.used < limit;
  const used = allowed ? current.used + 1 : current.used;
  return {
    window: { openedAt: current.openedAt, used },
    decision: {
      allowed,
      limit,
      remaining: Math.max(0, limit - used),
      resetsAt: current.openedAt + WINDOW_MS,
    },
  };
}

/** A clock that went back must not keep a window open for longer than it is wide. */
function isOpen(window: RateWindow, now: number): boolean {
  return Math.abs(now - window.openedAt) < WINDOW_MS;
}

/** Where windows are counted. Several nodes would share one; a single node counts in memory. */
export interface RateStore {
  take(key: string, limit: number, now: number): Decision | Promise<Decision>;
}

/**
 * Counts in memory. Windows are kept in the order in which they were opened, so that those that ended are found at
 * the front; past `capacity` the oldest is forgotten.
 */
export class MemoryRateStore implements RateStore {
  readonly #windows = new Map<string, RateWindow>();
  readonly #capacity: number;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  take(key: string, limit: number, now: number): Decision {
    const before = this.#windows.get(key);
    const { window, decision } = decide(before, limit, now);
    if (before?.openedAt !== window.openedAt) {
      this.#windows.delete(key);
      this.#forget(now);
    }
    this.#windows.set(key, window);
    return decision;
  }

  /** What the next `take` would be measured against, without counting. */
  peek(key: string, limit: number, now: number): Decision {
    const window = this.#windows.get(key);
    const { used, openedAt } = window && isOpen(window, now) ? window : { used: 0, openedAt: now };
    const remaining = Math.max(0, limit - used);
    return { allowed: remaining > 0, limit, remaining, resetsAt: openedAt + WINDOW_MS };
  }

  get size(): number {
    return this.#windows.size;
  }

  #forget(now: number): void {
    for (const [key, window] of this.#windows) {
      if (isOpen(window, now) && this.#windows.size < this.#capacity) return;
      this.#windows.delete(key);
    }
  }
}

/** Headers of every answer that a limit applies to. */
export function rateHeaders(decision: Decision): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(decision.limit),
    'X-RateLimit-Remaining': String(decision.remaining),
    'X-RateLimit-Reset': String(Math.ceil(decision.resetsAt / 1000)),
  };
}

/** `Retry-After` of a refusal, at least 1. */
export function retryAfterSeconds(decision: Decision, now: number): number {
  return Math.max(1, Math.ceil((decision.resetsAt - now) / 1000));
}
