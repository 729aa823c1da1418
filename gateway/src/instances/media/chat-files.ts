import type { Clock } from '../../clock.ts';
import type { Blobs } from '../../storage/blobs.ts';
import { inParts } from '../../storage/in-parts.ts';
import type { Queries } from '../../storage/queries.ts';
import { BATCH_ROWS } from '../../storage/retention.ts';
import type { S3Bucket } from '../../storage/s3-bucket.ts';
import type { DoomedObjectTable } from '../../storage/schema/media.ts';
import type { InstanceRow, MediaRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';

export interface ChatFilesOptions {
  db: Queries;
  blobs: Blobs;
  clock: Clock;
  log: Logger;
  bucketOf(instance: InstanceRow): S3Bucket | null;
}

/** A file of a chat that is about to be deleted. */
export type ChatFile = Pick<MediaRow, 'id' | 'object_key'>;

const DELETE_MS = 30_000;
/** Once an hour, for two days: a bucket that is not there by then has other owners. */
const AGAIN_MS = 3_600_000;
const ATTEMPTS = 48;

/**
 * Deletes what a chat has left of files, in the folder and in the bucket. The rows of its files go with its messages,
 * so what is to be deleted in the bucket is noted first and survives them, and a bucket that is away.
 */
export class ChatFiles {
  readonly #options: ChatFilesOptions;
  readonly #abort = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ChatFilesOptions) {
    this.#options = options;
  }

  /** Files of a chat, to be read while its messages are still there. */
  of(instanceId: string, chat: string): Promise<ChatFile[]> {
    return this.#options.db
      .selectFrom('media')
      .select(['id', 'object_key'])
      .where('instance_id', '=', instanceId)
      .where('chat', '=', chat)
      .execute();
  }

  /** When this resolves the local files are gone, and those in the bucket are noted to be deleted. */
  async delete(instanceId: string, files: ChatFile[]): Promise<void> {
    const { db, blobs, clock } = this.#options;
    for (const part of inParts(files, BATCH_ROWS)) {
      const ids = part.map(({ id }) => id);
      const objects = part.flatMap(({ object_key }) =>
        object_key === null
          ? []
          : [{ instance_id: instanceId, object_key, attempts: 0, next_attempt_at: clock.now() }],
      );
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom('media').where('id', 'in', ids).execute();
        if (objects.length === 0) return;
        const noted = trx.insertInto('doomed_objects').values(objects);
        await noted.onConflict((conflict) => conflict.doNothing()).execute();
      });
      for (const id of ids) await blobs.delete({ instanceId, id });
    }
    this.#running = this.#running
      .then(() => this.deleteObjects(clock.now()))
      .catch((error) => this.#late(error));
  }

  /** Deletes what is due in buckets; resolves with how many objects were taken off the list. */
  async deleteObjects(now: number): Promise<number> {
    const due = await this.#options.db
      .selectFrom('doomed_objects')
      .selectAll()
      .where('next_attempt_at', '<=', now)
      .orderBy('next_attempt_at')
      .limit(BATCH_ROWS)
      .execute();
    let ended = 0;
    for (const object of due) if (await this.#deleteObject(object, now)) ended++;
    return ended;
  }

  /** Breaks off; what is not deleted yet stays noted. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #deleteObject(object: DoomedObjectTable, now: number): Promise<boolean> {
    const { db, bucketOf, log } = this.#options;
    const { instance_id, object_key, attempts } = object;
    const owner = db.selectFrom('instances').selectAll().where('id', '=', instance_id);
    const instance = await owner.executeTakeFirst();
    const line = { instanceId: instance_id, objectKey: object_key };
    try {
      // Without a bucket nothing is known any more of where it lay.
      const bucket = instance && bucketOf(instance);
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(DELETE_MS)]);
      if (bucket) await bucket.delete(object_key, signal).finally(() => bucket.close());
    } catch (error) {
      if (attempts + 1 < ATTEMPTS) {
        log.info({ ...line, err: error }, 'an object could not be deleted yet');
        await this.#change(object, { attempts: attempts + 1, next_attempt_at: now + AGAIN_MS });
        return false;
      }
      log.warn({ ...line, err: error }, 'an object could not be deleted and stays in its bucket');
    }
    await db
      .deleteFrom('doomed_objects')
      .where('instance_id', '=', instance_id)
      .where('object_key', '=', object_key)
      .execute();
    return true;
  }

  async #change(
    { instance_id, object_key }: DoomedObjectTable,
    change: Pick<DoomedObjectTable, 'attempts' | 'next_attempt_at'>,
  ): Promise<void> {
    await this.#options.db
      .updateTable('doomed_objects')
      .set(change)
      .where('instance_id', '=', instance_id)
      .where('object_key', '=', object_key)
      .execute();
  }

  #late(error: unknown): void {
    this.#options.log.error({ err: error }, 'objects could not be deleted; the next sweep tries again');
  }
}
