import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder } from 'kysely';
import type { DatabaseTransaction, Queries } from '../../storage/queries.ts';
import type { Database, InstanceRow, MediaRow } from '../../storage/schema.ts';
import type { FileReference } from '../../whatsapp/media/file-reference.ts';
import { fileOfMessage } from '../../whatsapp/stored-message.ts';

/** A file that is ours to fetch until `claimed_until`, and only with this claim. */
export type ClaimedFile = MediaRow & { claim_id: string };

/** What is known of a file after an attempt. */
export type FileChange = Partial<
  Pick<MediaRow, 'state' | 'error' | 'next_attempt_at' | 'waits_until' | 'object_key' | 's3_url'>
>;

/** Longer than an attempt may take. A fetcher that died holds up its files no longer than this. */
export const CLAIM_MS = 15 * 60_000;
export const ATTEMPT_MS = 12 * 60_000;

const POLL_LIMIT = 1_000;

/** The durable queue of files to fetch: rows of `media` that have a `next_attempt_at`. Times are Unix milliseconds. */
export class FileQueue {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  /** Instances that have something to fetch. Those of a suspended account wait. */
  async dueInstances(now: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('instances')
      .innerJoin('accounts', 'accounts.id', 'instances.account_id')
      .select('instances.id')
      .where('accounts.suspended', '=', 0)
      .where((e) =>
        e.exists(
          e
            .selectFrom('media')
            .select('media.id')
            .whereRef('media.instance_id', '=', 'instances.id')
            .where((f) => isDue(f, now)),
        ),
      )
      .limit(POLL_LIMIT)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Gives back every claim. Only for the one process that serves the data, before it claims anything. */
  async releaseAll(): Promise<void> {
    await this.#db
      .updateTable('media')
      .set({ claim_id: null, claimed_until: null })
      .where('claim_id', 'is not', null)
      .execute();
  }

  /** Claims at most so many files of an instance, those first that were tried least. */
  claim(instanceId: string, most: number, now: number): Promise<ClaimedFile[]> {
    return this.#db.transaction().execute(async (trx) => {
      const account = await trx
        .selectFrom('instances')
        .innerJoin('accounts', 'accounts.id', 'instances.account_id')
        .select('suspended')
        .where('instances.id', '=', instanceId)
        .executeTakeFirst();
      if (account?.suspended !== 0) return [];
      const rows = await trx
        .selectFrom('media')
        .select('id')
        .where('instance_id', '=', instanceId)
        .where((e) => isDue(e, now))
        .orderBy('attempts')
        .orderBy('next_attempt_at')
        .limit(most)
        .execute();
      if (rows.length === 0) return [];
      const claimed = await trx
        .updateTable('media')
        .set({ claim_id: randomUUID(), claimed_until: now + CLAIM_MS })
        .set((e) => ({ attempts: e('attempts', '+', 1) }))
        .where(
          'id',
          'in',
          rows.map(({ id }) => id),
        )
        .returningAll()
        .execute();
      return claimed as ClaimedFile[];
    });
  }

  instanceOf({ instance_id }: MediaRow): Promise<InstanceRow | undefined> {
    return this.#db.selectFrom('instances').selectAll().where('id', '=', instance_id).executeTakeFirst();
  }

  /** What the message says of its file; null when it says nothing any more. */
  async reference(file: MediaRow): Promise<FileReference | null> {
    const row = await this.#db
      .selectFrom('messages')
      .select('content_proto')
      .where('instance_id', '=', file.instance_id)
      .where('message_id', '=', file.message_id)
      .where('chat', '=', file.chat)
      .where('from_me', '=', file.from_me)
      .executeTakeFirst();
    const reference = row ? fileOfMessage(row.content_proto) : null;
    return reference && { ...reference, directPath: file.direct_path ?? reference.directPath };
  }

  /** Whether another message of the instance has the same id. */
  async sharesId({ id, instance_id, message_id }: MediaRow): Promise<boolean> {
    const other = this.#db
      .selectFrom('media')
      .select('id')
      .where('instance_id', '=', instance_id)
      .where('message_id', '=', message_id)
      .where('id', '!=', id);
    return (await other.executeTakeFirst()) !== undefined;
  }

  /** The phone has put the file elsewhere. */
  async moved(file: ClaimedFile, directPath: string): Promise<void> {
    await owned(this.#db, file).set({ direct_path: directPath }).execute();
  }

  /** The file is in the local folder. false when the claim was lost, or the message is gone. */
  async stored(file: ClaimedFile, size: number, sha256: Uint8Array): Promise<boolean> {
    const updated = await owned(this.#db, file).set({ size, sha256 }).executeTakeFirst();
    return updated.numUpdatedRows > 0n;
  }

  /** Writes how an attempt ended; false when the claim was lost meanwhile: then its new owner decides. */
  async settle(trx: DatabaseTransaction, file: ClaimedFile, change: FileChange): Promise<boolean> {
    const updated = await owned(trx, file)
      .set({ ...change, claim_id: null, claimed_until: null })
      .executeTakeFirst();
    return updated.numUpdatedRows > 0n;
  }

  /** Gives back what was not finished, as if it had not been tried. */
  async release(file: ClaimedFile): Promise<void> {
    await owned(this.#db, file)
      .set({ claim_id: null, claimed_until: null, attempts: file.attempts - 1 })
      .execute();
  }
}

function isDue(e: ExpressionBuilder<Database, 'media'>, now: number) {
  return e.and([
    e('next_attempt_at', 'is not', null),
    e('next_attempt_at', '<=', now),
    e.or([e('claimed_until', 'is', null), e('claimed_until', '<=', now)]),
  ]);
}

function owned(db: Queries, { id, claim_id }: ClaimedFile) {
  return db.updateTable('media').where('id', '=', id).where('claim_id', '=', claim_id);
}
