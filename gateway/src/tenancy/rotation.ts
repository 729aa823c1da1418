export interface EndedToken {
  lookup: string;
  at: number;
}

/**
 * Which tokens end when a new one takes the place of `current`. Only one old token is ever valid: one that is still
 * in its grace period ends at once.
 */
export function rotation(
  tokens: { current: string; previous: string | null; previousExpiresAt: number | null },
  graceSeconds: number,
  now: number,
): { previous: string | null; previousExpiresAt: number | null; ended: EndedToken[] } {
  const expiresAt = now + graceSeconds * 1000;
  const ended = [{ lookup: tokens.current, at: expiresAt }];
  if (tokens.previous !== null && tokens.previousExpiresAt !== null) {
    ended.push({ lookup: tokens.previous, at: now });
  }
  return graceSeconds === 0
    ? { previous: null, previousExpiresAt: null, ended }
    : { previous: tokens.current, previousExpiresAt: expiresAt, ended };
}
