import type { Queries } from '../storage/queries.ts';
import type { ContactRow } from '../storage/schema.ts';
import { mergeChats } from './chats.ts';
import { moveVotes } from './poll-votes.ts';

/**
 * Two rows turned out to be one person: everything of `lose` moves to `keep`, which also gets its phone JID. Where
 * both hold the same message, the copy of `keep` stays.
 */
export async function mergeContacts(
  db: Queries,
  { keep, lose, now }: { keep: ContactRow; lose: ContactRow; now: number },
): Promise<ContactRow> {
  await moveMessages(db, keep, lose);
  await moveLabels(db, keep, lose);
  await moveVotes(db, keep, lose);
  await mergeChats(db, keep, lose);
  await db.deleteFrom('contacts').where('id', '=', lose.id).execute();
  const merged: ContactRow = {
    ...keep,
    jid: lose.jid,
    push_name: newer(keep, lose, 'push_name'),
    saved_name: newer(keep, lose, 'saved_name'),
    verified_name: newer(keep, lose, 'verified_name'),
    updated_at: now,
  };
  const { id, instance_id: _, ...change } = merged;
  await db.updateTable('contacts').set(change).where('id', '=', id).execute();
  return merged;
}

async function moveMessages(db: Queries, keep: ContactRow, lose: ContactRow): Promise<void> {
  const instanceId = keep.instance_id;
  await db
    .deleteFrom('messages')
    .where('instance_id', '=', instanceId)
    .where('chat', '=', lose.id)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('messages as kept')
          .select('kept.message_id')
          .where('kept.instance_id', '=', instanceId)
          .where('kept.chat', '=', keep.id)
          .whereRef('kept.message_id', '=', 'messages.message_id')
          .whereRef('kept.from_me', '=', 'messages.from_me'),
      ),
    )
    .execute();
  await db
    .updateTable('messages')
    .set((e) => ({
      chat: keep.id,
      sender: e.case().when('sender', '=', lose.id).then(keep.id).else(e.ref('sender')).end(),
    }))
    .where('instance_id', '=', instanceId)
    .where('chat', '=', lose.id)
    .execute();
  // In rooms. The author of a private message is its chat: `messages_by_author` leaves those out.
  await db
    .updateTable('messages')
    .set({ sender: keep.id })
    .where('instance_id', '=', instanceId)
    .where('sender', '=', lose.id)
    .whereRef('sender', '<>', 'chat')
    .execute();
}

async function moveLabels(db: Queries, keep: ContactRow, lose: ContactRow): Promise<void> {
  const carried = await db
    .deleteFrom('label_assignments')
    .where('instance_id', '=', keep.instance_id)
    .where('chat', '=', lose.id)
    .returningAll()
    .execute();
  for (const assignment of carried) {
    await db
      .insertInto('label_assignments')
      .values({ ...assignment, chat: keep.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function newer(keep: ContactRow, lose: ContactRow, name: 'push_name' | 'saved_name' | 'verified_name') {
  const [first, second] = keep.updated_at >= lose.updated_at ? [keep, lose] : [lose, keep];
  return first[name] ?? second[name];
}
