import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from 'baileys';
import { grouped } from '../../../async/grouped.ts';
import type { Clock } from '../../../clock.ts';
import { ascendingIds } from '../../../ids.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/database.ts';
import { query } from '../../../storage/prepared.ts';
import { onceId } from '../signal/decrypted-once.ts';

/** A message stanza that is durable, and not yet an event. */
export interface JournalEntry {
  id: string;
  node: BinaryNode;
}

const DECRYPTED = 'decrypted';

interface Row {
  instanceId: string;
  id: string;
}

const deleteStanza = query((db, { instanceId, id }: Row) =>
  db.deleteFrom('inbox_journal').where('instance_id', '=', instanceId).where('id', '=', id),
);

const deletePlaintext = query((db, { instanceId, id }: Row) =>
  db
    .deleteFrom('session_keys')
    .where('instance_id', '=', instanceId)
    .where('kind', '=', DECRYPTED)
    .where('id', '=', id),
);

/**
 * The raw message stanzas of one instance between their arrival and their event. A receipt tells WhatsApp to forget a
 * message, and Baileys sends it before the message is an event: from here it comes back after a crash.
 */
export class InboxJournal {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #clock: Clock;
  readonly #nextId: () => string;
  readonly #write = grouped((batch: JournalEntry[]) => this.#insert(batch));

  constructor({ db, instanceId, clock }: { db: Queries; instanceId: string; clock: Clock }) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#clock = clock;
    this.#nextId = ascendingIds(clock.now);
  }

  /** Resolves when the stanza is durable. What arrives while one write runs shares the next one. */
  async append(node: BinaryNode): Promise<JournalEntry> {
    const entry = { id: this.#nextId(), node };
    await this.#write(entry);
    return entry;
  }

  async #insert(batch: JournalEntry[]): Promise<void> {
    await this.#db
      .insertInto('inbox_journal')
      .values(
        batch.map(({ id, node }) => ({
          instance_id: this.#instanceId,
          id,
          stanza: encodeBinaryNode(node),
          received_at: this.#clock.now(),
        })),
      )
      .execute();
  }

  /** What a crash, or a connection that broke at the wrong moment, left behind; in the order of arrival. */
  async pending(): Promise<JournalEntry[]> {
    const rows = await this.#db
      .selectFrom('inbox_journal')
      .select(['id', 'stanza'])
      .where('instance_id', '=', this.#instanceId)
      .orderBy('id')
      .execute();
    return Promise.all(
      rows.map(async ({ id, stanza }) => ({ id, node: await decodeBinaryNode(Buffer.from(stanza)) })),
    );
  }

  /** The stanza has become an event, or will never be one. Within the transaction that stores the event. */
  async settle(trx: Queries | DatabaseTransaction, { id, node }: JournalEntry): Promise<void> {
    await this.settleReplayed(trx, { id });
    for (const ciphertext of ciphertexts(node)) {
      await deletePlaintext(trx, { instanceId: this.#instanceId, id: onceId(ciphertext) });
    }
  }

  /**
   * As `settle`, but what was decrypted stays for this run: when the crash came before the receipt, WhatsApp delivers
   * the message again, and it must be readable again to be acknowledged.
   */
  async settleReplayed(trx: Queries | DatabaseTransaction, { id }: Pick<JournalEntry, 'id'>): Promise<void> {
    await deleteStanza(trx, { instanceId: this.#instanceId, id });
  }

  forget(entry: JournalEntry): Promise<void> {
    return this.settle(this.#db, entry);
  }

  /** Drops what earlier runs decrypted, except for the stanzas that are still pending. */
  async dropDecrypted(pending: JournalEntry[]): Promise<void> {
    const kept = pending.flatMap(({ node }) => ciphertexts(node).map(onceId));
    const stale = this.#db
      .deleteFrom('session_keys')
      .where('instance_id', '=', this.#instanceId)
      .where('kind', '=', DECRYPTED);
    await (kept.length > 0 ? stale.where('id', 'not in', kept) : stale).execute();
  }
}

function ciphertexts({ content }: BinaryNode): Uint8Array[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((child) =>
    child.tag === 'enc' && child.content instanceof Uint8Array ? [child.content] : [],
  );
}
