import type { Clock } from '../clock.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { AccessWatcher } from './access-watcher.ts';
import { type HeldTokens, type ReplacedTokens, replaceToken } from './rotation.ts';

export interface RotateDeps {
  db: Queries;
  clock: Clock;
  watcher: AccessWatcher;
}

export interface Rotation {
  /** `principalKey` of the holder. */
  principal: string;
  graceSeconds: number;
  /** Reads the holder's tokens, with the account's row locked: parallel rotations run one after the other. */
  read(trx: DatabaseTransaction, now: number): Promise<HeldTokens>;
  /** Writes the new token beside what is left of the old ones. */
  write(trx: DatabaseTransaction, old: ReplacedTokens, now: number): Promise<void>;
}

/**
 * Replaces a token in one transaction, and reports after the commit which tokens end and when. Resolves with the time
 * at which the replaced token ends (Unix milliseconds); null when it has ended at once.
 */
export async function rotateToken(
  { principal, graceSeconds, read, write }: Rotation,
  { db, clock, watcher }: RotateDeps,
): Promise<number | null> {
  const now = clock.now();
  const replaced = await db.transaction().execute(async (trx) => {
    const replaced = replaceToken(await read(trx, now), graceSeconds, now);
    await write(trx, replaced, now);
    return replaced;
  });
  for (const { lookup, at } of replaced.ended) watcher.tokenEnded(principal, lookup, at);
  return replaced.previousExpiresAt;
}
