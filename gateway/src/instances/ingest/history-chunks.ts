import type { DatabaseTransaction, Queries } from '../../storage/queries.ts';
import {
  type ChunkSource,
  type HistoryAnnouncement,
  readChunkSource,
} from '../../whatsapp/history/announcement.ts';

export interface HistoryChunk {
  id: string;
  source: ChunkSource;
  /** Parts that are in the mailbox. */
  done: number;
  attempts: number;
}

/**
 * The chunks of history that the phone has announced and that are not in the mailbox yet. A chunk is put here in the
 * commit that takes its announcement out of the journal, and goes with its last part: in between a crash costs nothing.
 */
export class HistoryChunks {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  async add(
    trx: DatabaseTransaction,
    instanceId: string,
    { id, encoded, now }: HistoryAnnouncement & { now: number },
  ): Promise<void> {
    await trx
      .insertInto('history_chunks')
      .values({
        instance_id: instanceId,
        message_id: id,
        notification: encoded,
        announced_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Instances that have chunks. */
  async instances(): Promise<string[]> {
    const rows = await this.#db.selectFrom('history_chunks').select('instance_id').distinct().execute();
    return rows.map(({ instance_id }) => instance_id);
  }

  /** The one that was announced first. */
  async first(instanceId: string): Promise<HistoryChunk | null> {
    const row = await this.#db
      .selectFrom('history_chunks')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .orderBy('announced_at')
      .orderBy('message_id')
      .limit(1)
      .executeTakeFirst();
    if (!row) return null;
    const { message_id: id, done, attempts } = row;
    return { id, done, attempts, source: readChunkSource(row.notification) };
  }

  /**
   * Its parts up to this one are in the mailbox, in the transaction that puts them there. False when it was dropped
   * meanwhile: its device is unlinked, and the mailbox may be another account's.
   */
  async progress(trx: DatabaseTransaction, instanceId: string, id: string, done: number): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('history_chunks')
      .set({ done, attempts: 0 })
      .where('instance_id', '=', instanceId)
      .where('message_id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async failed(instanceId: string, id: string): Promise<void> {
    await this.#db
      .updateTable('history_chunks')
      .set((e) => ({ attempts: e('attempts', '+', 1) }))
      .where('instance_id', '=', instanceId)
      .where('message_id', '=', id)
      .execute();
  }

  async drop(instanceId: string, id: string): Promise<void> {
    await this.#db
      .deleteFrom('history_chunks')
      .where('instance_id', '=', instanceId)
      .where('message_id', '=', id)
      .execute();
  }
}
