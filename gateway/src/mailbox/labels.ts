import { inParts } from '../storage/in-parts.ts';
import type { Queries } from '../storage/queries.ts';
import type { LabelRow } from '../storage/schema.ts';
import { storableStart } from './storable.ts';

/** A label as answers show it. */
export interface LabelView {
  id: string;
  name: string;
  color: number;
  type: 'CUSTOM' | 'PREDEFINED';
  deleted: boolean;
}

/** What WhatsApp says of a label. */
export interface LabelEdit {
  id: string;
  name: string;
  color: number;
  predefined: boolean;
  deleted: boolean;
}

/** Where a label is put: on a chat, or on one message of it. */
export interface LabelPlace {
  /** As `messages.chat`. */
  chat: string;
  messageId: string | null;
}

const NAME_CHARACTERS = 255;

/** The labels of one instance and what carries them. Use it inside the transaction that `db` is. */
export class Labels {
  readonly #db: Queries;
  readonly #instanceId: string;

  constructor(db: Queries, instanceId: string) {
    this.#db = db;
    this.#instanceId = instanceId;
  }

  async find(id: string): Promise<LabelRow | undefined> {
    return this.#labels().where('label_id', '=', id).executeTakeFirst();
  }

  /** Every label that is listed, those included whose removal is pending, by id. */
  async listed(): Promise<LabelRow[]> {
    const rows = await this.#labels().where('state', '!=', 'gone').execute();
    return rows.sort(byId);
  }

  /** The id that a new label gets: ids of labels that are gone count too. */
  async nextId(): Promise<string> {
    const rows = await this.#db
      .selectFrom('labels')
      .select('label_id')
      .where('instance_id', '=', this.#instanceId)
      .execute();
    return String(Math.max(0, ...rows.map(({ label_id }) => numeric(label_id))) + 1);
  }

  /** Notes a label as it is now. `created`, `updated` or `deleted`; null when that was known. */
  async edit({
    id,
    name,
    color,
    predefined,
    deleted,
  }: LabelEdit): Promise<'created' | 'updated' | 'deleted' | null> {
    const known = await this.find(id);
    if (deleted) return this.#delete(id, known);
    const row: LabelRow = {
      instance_id: this.#instanceId,
      label_id: id,
      name: storableStart(name, NAME_CHARACTERS),
      color,
      predefined: predefined ? 1 : 0,
      state: 'present',
    };
    const { instance_id: _, label_id: __, ...change } = row;
    const same =
      known && (['name', 'color', 'predefined', 'state'] as const).every((key) => known[key] === row[key]);
    if (same) return null;
    await this.#db
      .insertInto('labels')
      .values(row)
      .onConflict((conflict) => conflict.columns(['instance_id', 'label_id']).doUpdateSet(change))
      .execute();
    return known?.state === 'present' ? 'updated' : 'created';
  }

  /** Labels that were deleted here are listed until WhatsApp's state was read again. */
  async dropDeleted(): Promise<void> {
    await this.#db
      .updateTable('labels')
      .set({ state: 'gone' })
      .where('instance_id', '=', this.#instanceId)
      .where('state', '=', 'deleted')
      .execute();
  }

  /** A device that was just linked learns them all anew; what an earlier one knew may have been another number's. */
  async forgetAll(): Promise<void> {
    for (const table of ['labels', 'label_assignments'] as const) {
      await this.#db.deleteFrom(table).where('instance_id', '=', this.#instanceId).execute();
    }
  }

  /** Puts a label somewhere or takes it off; false when it was so already. */
  async assign(id: string, { chat, messageId }: LabelPlace, labeled: boolean): Promise<boolean> {
    const row = { instance_id: this.#instanceId, label_id: id, chat, message_id: messageId ?? '' };
    if (labeled) {
      const { numInsertedOrUpdatedRows } = await this.#db
        .insertInto('label_assignments')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows !== 0n;
    }
    const { numDeletedRows } = await this.#db
      .deleteFrom('label_assignments')
      .where('instance_id', '=', row.instance_id)
      .where('label_id', '=', id)
      .where('chat', '=', chat)
      .where('message_id', '=', row.message_id)
      .executeTakeFirst();
    return numDeletedRows !== 0n;
  }

  /** The labels that chats carry themselves, by chat key and label id; of all chats when none are given. */
  async ofChats(chats?: string[]): Promise<Map<string, LabelRow[]>> {
    const found = new Map<string, LabelRow[]>();
    const parts = chats ? inParts(chats) : [null];
    for (const part of parts) {
      let assigned = this.#db
        .selectFrom('label_assignments as a')
        .innerJoin('labels as l', (join) =>
          join.onRef('l.instance_id', '=', 'a.instance_id').onRef('l.label_id', '=', 'a.label_id'),
        )
        .selectAll('l')
        .select('a.chat')
        .where('a.instance_id', '=', this.#instanceId)
        .where('a.message_id', '=', '')
        .where('l.state', '=', 'present');
      if (part) assigned = assigned.where('a.chat', 'in', part);
      for (const { chat, ...label } of await assigned.execute()) {
        found.set(chat, [...(found.get(chat) ?? []), label]);
      }
    }
    for (const labels of found.values()) labels.sort(byId);
    return found;
  }

  async #delete(id: string, known: LabelRow | undefined): Promise<'deleted' | null> {
    const row = { instance_id: this.#instanceId, label_id: id, name: '', color: 0, predefined: 0 };
    await this.#db
      .insertInto('labels')
      .values({ ...row, state: 'gone' })
      .onConflict((conflict) =>
        conflict
          .columns(['instance_id', 'label_id'])
          .doUpdateSet({ state: 'deleted' })
          .where('labels.state', '=', 'present'),
      )
      .execute();
    await this.#db
      .deleteFrom('label_assignments')
      .where('instance_id', '=', this.#instanceId)
      .where('label_id', '=', id)
      .execute();
    return known?.state === 'present' ? 'deleted' : null;
  }

  #labels() {
    return this.#db.selectFrom('labels').selectAll().where('instance_id', '=', this.#instanceId);
  }
}

export function labelView({ label_id, name, color, predefined, state }: LabelRow): LabelView {
  const type = predefined === 1 ? 'PREDEFINED' : 'CUSTOM';
  return { id: label_id, name, color, type, deleted: state !== 'present' };
}

function numeric(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : 0;
}

function byId(a: Pick<LabelRow, 'label_id'>, b: Pick<LabelRow, 'label_id'>): number {
  return numeric(a.label_id) - numeric(b.label_id) || (a.label_id < b.label_id ? -1 : 1);
}
