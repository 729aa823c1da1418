import { randomUUID } from 'node:crypto';
import { inParts } from '../storage/in-parts.ts';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { ContactRow } from '../storage/schema.ts';
import type { Person } from '../whatsapp/jid.ts';
import { mergeContacts } from './merge.ts';
import { storableStart } from './storable.ts';

/** The pair of addresses of one person as it was before it was learned or changed. */
export interface IdentityChange {
  previousJid: string | null;
  previousLid: string | null;
}

export interface KnownNames {
  push?: string | null;
  verified?: string | null;
  /** In the address book of the phone; null = it was taken out of there, left out = nothing was said. */
  saved?: string | null;
}

const NAMES = ['push_name', 'verified_name', 'saved_name'] as const;
const NAME_CHARACTERS = 255;

const byId = query((db, { instanceId, id }: { instanceId: string; id: string }) =>
  db.selectFrom('contacts').selectAll().where('instance_id', '=', instanceId).where('id', '=', id),
);

/** An address that is null belongs to no person. */
const named = query((db, { instanceId, jid, lid }: Person & { instanceId: string }) =>
  db
    .selectFrom('contacts')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where((is) => is.or([is('jid', '=', jid), is('lid', '=', lid)])),
);

/** The people that one instance knows. Use it inside the transaction that `db` is. */
export class Contacts {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #now: number;

  constructor(db: Queries, instanceId: string, now: number) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#now = now;
  }

  async byId(id: string): Promise<ContactRow | undefined> {
    return (await byId(this.#db, { instanceId: this.#instanceId, id })).rows[0];
  }

  /** The person with one of these addresses; undefined when no person has them. */
  async find(person: Person): Promise<ContactRow | undefined> {
    const rows = await this.#named(person);
    return rows.find((row) => row.jid === person.jid) ?? rows[0];
  }

  /**
   * The row of a person, made or completed with what is known now. Phone JID and LID may be learned in either order;
   * when both were known as two people, these become one. `change` says that a pair was learned or has changed.
   */
  async meet(
    person: Person,
    names: KnownNames = {},
  ): Promise<{ contact: ContactRow; change: IdentityChange | null }> {
    const rows = await this.#named(person);
    const byJid = rows.find((row) => person.jid !== null && row.jid === person.jid);
    const byLid = rows.find((row) => person.lid !== null && row.lid === person.lid);
    const paired = await this.#pair(person, byJid, byLid);
    const contact = await this.#name(paired, names);
    const learned = person.jid !== null && person.lid !== null;
    if (!learned || (byJid && byJid === byLid)) return { contact, change: null };
    return { contact, change: { previousJid: byLid?.jid ?? null, previousLid: byJid?.lid ?? null } };
  }

  /** Finds any of these people, who are looked up together. */
  async among(people: Person[]): Promise<(person: Person) => ContactRow | undefined> {
    const byAddress = new Map<string, ContactRow>();
    for (const column of ['lid', 'jid'] as const) {
      const wanted = people.flatMap((person) => person[column] ?? []);
      for (const part of inParts(wanted)) {
        const rows = this.#rows().where(column, 'in', part);
        for (const row of await rows.execute()) byAddress.set(row[column] ?? '', row);
      }
    }
    return ({ jid, lid }) => byAddress.get(lid ?? '') ?? byAddress.get(jid ?? '');
  }

  /** People in the account's address book, at most `limit` of them, those that were seen last first. */
  saved(limit: number): Promise<ContactRow[]> {
    const named = this.#rows().where('saved_name', 'is not', null).where('saved_name', '!=', '');
    return named.orderBy('updated_at', 'desc').orderBy('id').limit(limit).execute();
  }

  /** Phone JIDs of those LIDs whose phone is known. */
  async phonesOf(lids: string[]): Promise<Map<string, string>> {
    const phones = new Map<string, string>();
    for (const part of inParts(lids)) {
      const rows = await this.#rows().where('lid', 'in', part).where('jid', 'is not', null).execute();
      for (const { jid, lid } of rows) if (jid && lid) phones.set(lid, jid);
    }
    return phones;
  }

  /** One row holds each address: the person of the LID gets the phone number, also when another row had it. */
  async #pair(
    person: Person,
    byJid: ContactRow | undefined,
    byLid: ContactRow | undefined,
  ): Promise<ContactRow> {
    const found = byLid ?? byJid;
    if (!found) return this.#insert(person);
    if (byJid && byLid && byJid !== byLid) {
      if (byJid.lid === null) return mergeContacts(this.#db, { keep: byLid, lose: byJid, now: this.#now });
      await this.#update(byJid.id, { jid: null });
    }
    const jid = person.jid ?? found.jid;
    const lid = person.lid ?? found.lid;
    if (jid === found.jid && lid === found.lid) return found;
    await this.#update(found.id, { jid, lid });
    return { ...found, jid, lid };
  }

  async #name(contact: ContactRow, { push, verified, saved }: KnownNames): Promise<ContactRow> {
    const push_name = push ? nameOf(push) : contact.push_name;
    const verified_name = verified ? nameOf(verified) : contact.verified_name;
    const saved_name = saved === undefined ? contact.saved_name : saved && nameOf(saved);
    const names = { push_name, verified_name, saved_name };
    if (NAMES.every((name) => names[name] === contact[name])) return contact;
    await this.#update(contact.id, names);
    return { ...contact, ...names };
  }

  #rows() {
    return this.#db.selectFrom('contacts').selectAll().where('instance_id', '=', this.#instanceId);
  }

  async #named({ jid, lid }: Person): Promise<ContactRow[]> {
    return (await named(this.#db, { instanceId: this.#instanceId, jid, lid })).rows;
  }

  async #insert({ jid, lid }: Person): Promise<ContactRow> {
    const row: ContactRow = {
      id: randomUUID(),
      instance_id: this.#instanceId,
      jid,
      lid,
      push_name: null,
      saved_name: null,
      verified_name: null,
      updated_at: this.#now,
    };
    await this.#db.insertInto('contacts').values(row).execute();
    return row;
  }

  async #update(id: string, change: Partial<Omit<ContactRow, 'id' | 'instance_id'>>): Promise<void> {
    await this.#db
      .updateTable('contacts')
      .set({ ...change, updated_at: this.#now })
      .where('id', '=', id)
      .execute();
  }
}

function nameOf(text: string): string {
  return storableStart(text, NAME_CHARACTERS);
}
