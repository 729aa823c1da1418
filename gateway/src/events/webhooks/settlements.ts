import type { Storage } from '../../storage/database.ts';
import { statement } from '../../storage/prepared.ts';
import type { Queries } from '../../storage/queries.ts';
import type { DeliveryRow } from '../../storage/schema.ts';
import type { Verdict } from './verdict.ts';

/** How an attempt ended. Times are Unix milliseconds. */
export interface Settlement {
  deliveryId: string;
  /** Its number, 1 to 10. */
  attempt: number;
  /** The claim under which it was made. */
  claimId: string;
  verdict: Verdict;
  at: number;
}

interface Waiting {
  settlement: Settlement;
  done: PromiseWithResolvers<boolean>;
}

/**
 * Writes how attempts ended, each only under its own claim. On SQLite those that end in one turn of the event loop
 * are one commit, because there a commit costs more than what it holds. PostgreSQL gets them one by one, side by
 * side: in one transaction they would hold rows in an order of their own, against those who bury or replay.
 */
export class Settlements {
  readonly #db: Queries;
  readonly #together: boolean;
  readonly #write: (runner: Queries, settlement: Settlement) => Promise<boolean>;
  #waiting: Waiting[] = [];

  constructor({ db, dialect }: Pick<Storage, 'db' | 'dialect'>) {
    this.#db = db;
    this.#together = dialect === 'sqlite';
    this.#write = settling(db);
  }

  /** false when the claim was lost meanwhile: then its new owner decides. */
  add(settlement: Settlement): Promise<boolean> {
    if (!this.#together) return this.#write(this.#db, settlement);
    if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
    const done = Promise.withResolvers<boolean>();
    this.#waiting.push({ settlement, done });
    return done.promise;
  }

  /** The same within a transaction. */
  write(trx: Queries, settlement: Settlement): Promise<boolean> {
    return this.#write(trx, settlement);
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const settled = await this.#db.transaction().execute(async (trx) => {
        const results: boolean[] = [];
        for (const { settlement } of batch) results.push(await this.#write(trx, settlement));
        return results;
      });
      for (const [index, { done }] of batch.entries()) done.resolve(settled[index] ?? false);
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
  }
}

function settling(db: Queries): (runner: Queries, settlement: Settlement) => Promise<boolean> {
  const update = statement(
    (
      status: DeliveryRow['status'],
      attempts: number,
      nextAttemptAt: number | null,
      httpStatus: number | null,
      error: string | null,
      at: number,
      endedAt: number | null,
      id: string,
      claimId: string,
    ) =>
      db
        .updateTable('deliveries')
        .set({
          status,
          attempts,
          next_attempt_at: nextAttemptAt,
          http_status: httpStatus,
          error,
          last_attempt_at: at,
          ended_at: endedAt,
          claim_id: null,
          claimed_until: null,
        })
        .where('id', '=', id)
        .where('claim_id', '=', claimId)
        .returning('id'),
  );
  return async (runner, { deliveryId, attempt, claimId, verdict, at }) => {
    const retryAt = verdict.kind === 'retry' ? verdict.at : null;
    const settled = await update(
      runner,
      verdict.kind === 'retry' ? 'pending' : verdict.kind,
      attempt,
      retryAt,
      verdict.httpStatus,
      verdict.kind === 'delivered' ? null : verdict.error,
      at,
      verdict.kind === 'retry' ? null : at,
      deliveryId,
      claimId,
    );
    return settled.length > 0;
  };
}
