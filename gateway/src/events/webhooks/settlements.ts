import type { Storage } from '../../storage/database.ts';
import { query } from '../../storage/prepared.ts';
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

interface Outcome {
  deliveryId: string;
  claimId: string;
  status: DeliveryRow['status'];
  attempts: number;
  nextAttemptAt: number | null;
  httpStatus: number | null;
  error: string | null;
  at: number;
  endedAt: number | null;
}

const settle = query((db, outcome: Outcome) =>
  db
    .updateTable('deliveries')
    .set({
      status: outcome.status,
      attempts: outcome.attempts,
      next_attempt_at: outcome.nextAttemptAt,
      http_status: outcome.httpStatus,
      error: outcome.error,
      last_attempt_at: outcome.at,
      ended_at: outcome.endedAt,
      claim_id: null,
      claimed_until: null,
    })
    .where('id', '=', outcome.deliveryId)
    .where('claim_id', '=', outcome.claimId)
    .returning('id'),
);

interface Waiting {
  settlement: Settlement;
  done: PromiseWithResolvers<boolean>;
}

/**
 * Writes how attempts ended, each only under its own claim. On SQLite those that end in one turn of the event loop
 * are one commit, because there a commit costs more than what it holds. PostgreSQL gets them one by one, side by
 * side: one transaction for all would lock rows in an order that differs from the order of a replay, and both would
 * wait for each other.
 */
export class Settlements {
  readonly #db: Queries;
  readonly #together: boolean;
  #waiting: Waiting[] = [];

  constructor({ db, dialect }: Pick<Storage, 'db' | 'dialect'>) {
    this.#db = db;
    this.#together = dialect === 'sqlite';
  }

  /** false when the claim was lost meanwhile: then its new owner decides. */
  add(settlement: Settlement): Promise<boolean> {
    if (!this.#together) return this.write(this.#db, settlement);
    if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
    const done = Promise.withResolvers<boolean>();
    this.#waiting.push({ settlement, done });
    return done.promise;
  }

  /** The same at once, on the database or within a transaction. */
  async write(runner: Queries, settlement: Settlement): Promise<boolean> {
    const { deliveryId, claimId, verdict, attempt, at } = settlement;
    const retries = verdict.kind === 'retry';
    const { rows } = await settle(runner, {
      deliveryId,
      claimId,
      status: retries ? 'pending' : verdict.kind,
      attempts: attempt,
      nextAttemptAt: retries ? verdict.at : null,
      httpStatus: verdict.httpStatus,
      error: verdict.kind === 'delivered' ? null : verdict.error,
      at,
      endedAt: retries ? null : at,
    });
    return rows.length > 0;
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const settled = await this.#db.transaction().execute(async (trx) => {
        const results: boolean[] = [];
        for (const { settlement } of batch) results.push(await this.write(trx, settlement));
        return results;
      });
      for (const [index, { done }] of batch.entries()) done.resolve(settled[index] ?? false);
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
  }
}
