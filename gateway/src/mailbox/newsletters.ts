import { sql } from 'kysely';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { NewsletterRow } from '../storage/schema.ts';
import type { Newsletter, NewsletterRole } from '../whatsapp/newsletter.ts';
import { storableStart } from './storable.ts';

const NAME_CHARACTERS = 255;
const DESCRIPTION_CHARACTERS = 4_096;
const WORD_CHARACTERS = 255;

const nameOf = query((db, { instanceId, jid }: { instanceId: string; jid: string }) =>
  db.selectFrom('newsletters').select('name').where('instance_id', '=', instanceId).where('jid', '=', jid),
);

/** The channels that one instance has met: what they are called, and which of them it follows. */
export class Newsletters {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #now: number;

  constructor(db: Queries, instanceId: string, now: number) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#now = now;
  }

  /** '' for a channel that is not known. */
  async name(jid: string): Promise<string> {
    return (await nameOf(this.#db, { instanceId: this.#instanceId, jid })).rows[0]?.name ?? '';
  }

  async isKnown(jid: string): Promise<boolean> {
    return (await nameOf(this.#db, { instanceId: this.#instanceId, jid })).rows.length > 0;
  }

  /** Those that are followed. */
  async followed(): Promise<Newsletter[]> {
    const rows = await this.#rows().where('following', '=', 1).selectAll().execute();
    return rows.map(newsletter);
  }

  /** Keeps what WhatsApp says of a channel; what it does not say stays as it was, and so does `following` left out. */
  async store(newsletter: Newsletter, following?: boolean): Promise<void> {
    const row = {
      state: bounded(newsletter.state, WORD_CHARACTERS),
      name: bounded(newsletter.name, NAME_CHARACTERS),
      description: bounded(newsletter.description, DESCRIPTION_CHARACTERS),
      invite: bounded(newsletter.invite, WORD_CHARACTERS),
      subscribers: newsletter.subscribers,
      picture_url: newsletter.pictureUrl,
      role: newsletter.role,
    };
    await this.#db
      .insertInto('newsletters')
      .values({
        ...row,
        instance_id: this.#instanceId,
        jid: newsletter.jid,
        following: following ? 1 : 0,
        updated_at: this.#now,
      })
      .onConflict((conflict) =>
        conflict.columns(['instance_id', 'jid']).doUpdateSet((set) => ({
          state: set.fn.coalesce('excluded.state', 'newsletters.state'),
          name: set.fn.coalesce('excluded.name', 'newsletters.name'),
          description: set.fn.coalesce('excluded.description', 'newsletters.description'),
          invite: set.fn.coalesce('excluded.invite', 'newsletters.invite'),
          subscribers: set.fn.coalesce('excluded.subscribers', 'newsletters.subscribers'),
          picture_url: set.fn.coalesce('excluded.picture_url', 'newsletters.picture_url'),
          role: set.fn.coalesce('excluded.role', 'newsletters.role'),
          following: following === undefined ? sql`newsletters.following` : following ? 1 : 0,
          updated_at: this.#now,
        })),
      )
      .execute();
  }

  /** These are all that the account follows; of the others the names stay. */
  async replaceFollowed(all: Newsletter[]): Promise<void> {
    await this.#db
      .updateTable('newsletters')
      .set({ following: 0 })
      .where('instance_id', '=', this.#instanceId)
      .where('following', '=', 1)
      .execute();
    for (const each of all) await this.store(each, true);
  }

  async left(jid: string): Promise<void> {
    await this.#db
      .updateTable('newsletters')
      .set({ following: 0, updated_at: this.#now })
      .where('instance_id', '=', this.#instanceId)
      .where('jid', '=', jid)
      .execute();
  }

  #rows() {
    return this.#db.selectFrom('newsletters').where('instance_id', '=', this.#instanceId);
  }
}

function newsletter(row: NewsletterRow): Newsletter {
  const { jid, state, name, description, invite, subscribers, picture_url: pictureUrl, role } = row;
  return {
    jid,
    state,
    name,
    description,
    invite,
    subscribers,
    pictureUrl,
    role: role as NewsletterRole | null,
  };
}

function bounded(text: string | null, characters: number): string | null {
  return text === null ? null : storableStart(text, characters);
}
