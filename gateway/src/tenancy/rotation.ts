export interface EndedToken {
  lookup: string;
  /** Unix milliseconds; may lie ahead. */
  at: number;
}

/** The tokens of one holder, as their lookups. */
export interface HeldTokens {
  current: string;
  previous: string | null;
  previousExpiresAt: number | null;
}

/** What is left of them when another token takes the place of the current one. */
export interface ReplacedTokens {
  previous: string | null;
  previousExpiresAt: number | null;
  ended: EndedToken[];
}

/**
 * Which tokens end when a new one takes the place of `current`. Only one old token is ever valid: one that is still
 * in its grace period ends at once.
 */
export function replaceToken(tokens: HeldTokens, graceSeconds: number, now: number): ReplacedTokens {
  const expiresAt = now + graceSeconds * 1000;
  const ended = [{ lookup: tokens.current, at: expiresAt }];
  if (tokens.previous !== null && tokens.previousExpiresAt !== null) {
    ended.push({ lookup: tokens.previous, at: now });
  }
  return graceSeconds === 0
    ? { previous: null, previousExpiresAt: null, ended }
    : { previous: tokens.current, previousExpiresAt: expiresAt, ended };
}
