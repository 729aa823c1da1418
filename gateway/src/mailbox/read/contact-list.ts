import { sql } from 'kysely';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow } from '../../storage/schema.ts';
import type { Person } from '../../whatsapp/jid.ts';
import { readCursor, writeCursor } from './cursor.ts';

/** The address under which a contact is shown and sorted; `contacts_shown` is its index. */
const shownAddress = sql<string>`coalesce(jid, lid)`;

const POSITION = /^(\d+@(?:s\.whatsapp\.net|lid)|[\w.-]+@[\w.]+)$/;

export interface ContactPage {
  /** All when left out. */
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** The people that an instance knows, by address; `total` counts them all. */
export async function listContacts(db: Queries, instanceId: string, { limit, cursor }: ContactPage) {
  const after = cursor ? readCursor(cursor, POSITION)[0] : undefined;
  const { total } = await db
    .selectFrom('contacts')
    .select((e) => e.fn.countAll<number>().as('total'))
    .where('instance_id', '=', instanceId)
    .executeTakeFirstOrThrow();
  let query = db
    .selectFrom('contacts')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .orderBy(shownAddress);
  if (after !== undefined) query = query.where(shownAddress, '>', after);
  if (limit !== undefined) query = query.limit(limit + 1);
  const rows = await query.execute();
  const page = limit === undefined ? rows : rows.slice(0, limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return {
    total: Number(total),
    contacts: page.map((row) => contactView(row, row)),
    ...(limit !== undefined && { nextCursor: last ? writeCursor(last.jid ?? last.lid ?? '') : null }),
  };
}

/** A contact as answers show it; without a row it is one that was never met. */
export function contactView({ jid, lid }: Person, row: ContactRow | undefined) {
  const fullName = row?.saved_name ?? '';
  return {
    jid: jid ?? lid ?? '',
    ...(lid && { lid }),
    first_name: fullName.split(' ')[0] ?? '',
    full_name: fullName,
    push_name: row?.push_name ?? '',
    business_name: row?.verified_name ?? '',
    // WhatsApp shows it on the phone only.
    redacted_phone: '',
    found: row !== undefined,
  };
}
