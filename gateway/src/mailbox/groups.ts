import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { GroupRow } from '../storage/schema.ts';
import type { GroupMetadata } from '../whatsapp/group.ts';
import { storable } from './storable.ts';

/** What every message of a group needs of it. */
export interface GroupTitle {
  subject: string;
  /** Parent or Announcements group of a community. */
  community: boolean;
}

interface Named {
  instanceId: string;
  jid: string;
}

const title = query((db, { instanceId, jid }: Named) =>
  db
    .selectFrom('groups')
    .select(['subject', 'community'])
    .where('instance_id', '=', instanceId)
    .where('jid', '=', jid),
);

const byJid = query((db, { instanceId, jid }: Named) =>
  db.selectFrom('groups').selectAll().where('instance_id', '=', instanceId).where('jid', '=', jid),
);

/** The groups that one instance is in, as WhatsApp last described them. */
export class Groups {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #now: number;

  constructor(db: Queries, instanceId: string, now: number) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#now = now;
  }

  /** Also of a group that was left; null when it was never known. */
  async title(jid: string): Promise<GroupTitle | null> {
    const [row] = (await title(this.#db, { instanceId: this.#instanceId, jid })).rows;
    return row ? { subject: row.subject, community: row.community === 1 } : null;
  }

  /** A group that the account is in, else null. */
  async find(jid: string): Promise<GroupMetadata | null> {
    const row = await this.#row(jid);
    return row?.member === 1 ? metadataOf(row) : null;
  }

  /** Every group that the account is in. */
  async all(): Promise<GroupMetadata[]> {
    const rows = await this.#db
      .selectFrom('groups')
      .selectAll()
      .where('instance_id', '=', this.#instanceId)
      .where('member', '=', 1)
      .execute();
    return rows.map(metadataOf);
  }

  /** Takes what is true now; a row that says so already is left alone. */
  async store(group: GroupMetadata): Promise<void> {
    const row = this.#rowOf(group);
    const before = await this.#row(group.jid);
    if (before && isSame(before, row)) return;
    const { instance_id: _, jid: __, ...change } = row;
    await this.#db
      .insertInto('groups')
      .values(row)
      .onConflict((conflict) => conflict.columns(['instance_id', 'jid']).doUpdateSet(change))
      .execute();
  }

  /** The account is no longer in it. The subject stays: old messages are still shown under it. */
  async leave(jid: string): Promise<void> {
    await this.#db
      .updateTable('groups')
      .set({ member: 0, participants: '[]', updated_at: this.#now })
      .where('instance_id', '=', this.#instanceId)
      .where('jid', '=', jid)
      .where('member', '=', 1)
      .execute();
  }

  /** These are all the groups that the account is in. */
  async replaceAll(groups: GroupMetadata[]): Promise<void> {
    const present = new Set(groups.map(({ jid }) => jid));
    const known = await this.#db
      .selectFrom('groups')
      .select('jid')
      .where('instance_id', '=', this.#instanceId)
      .where('member', '=', 1)
      .execute();
    for (const { jid } of known) if (!present.has(jid)) await this.leave(jid);
    for (const group of groups) await this.store(group);
  }

  async #row(jid: string): Promise<GroupRow | undefined> {
    return (await byJid(this.#db, { instanceId: this.#instanceId, jid })).rows[0];
  }

  #rowOf({ jid, subject, participants, ...details }: GroupMetadata): GroupRow {
    return {
      instance_id: this.#instanceId,
      jid,
      member: 1,
      subject: storable(subject),
      community: details.isCommunity || details.isDefaultSubGroup ? 1 : 0,
      details: JSON.stringify(details),
      participants: JSON.stringify(participants),
      updated_at: this.#now,
    };
  }
}

function metadataOf(row: GroupRow): GroupMetadata {
  const details = JSON.parse(row.details) as Omit<GroupMetadata, 'jid' | 'subject' | 'participants'>;
  return { jid: row.jid, subject: row.subject, ...details, participants: JSON.parse(row.participants) };
}

function isSame(one: GroupRow, other: GroupRow): boolean {
  return (['member', 'subject', 'details', 'participants'] as const).every((key) => one[key] === other[key]);
}
