import type { Queries } from '../storage/queries.ts';
import { BATCH_ROWS, type Forget } from '../storage/retention.ts';
import type { ChatRow } from '../storage/schema.ts';

type Cleared = Pick<ChatRow, 'instance_id' | 'chat' | 'cleared_to'>;

/** Takes away the messages of a conversation that was cleared or deleted (`Chats.clear`). */
export async function removeCleared(db: Queries, instanceId: string, chat: string): Promise<void> {
  const cleared = await clearing(db)
    .where('instance_id', '=', instanceId)
    .where('chat', '=', chat)
    .executeTakeFirst();
  if (!cleared) return;
  while ((await removeSome(db, cleared)) > 0);
}

/** The same for what a crash left of it. */
export function forgetCleared(db: Queries): Forget {
  return async () => {
    let removed = 0;
    while (removed < BATCH_ROWS) {
      const cleared = await clearing(db).limit(1).executeTakeFirst();
      if (!cleared) break;
      removed += await removeSome(db, cleared);
    }
    return removed;
  };
}

function clearing(db: Queries) {
  return db.selectFrom('chats').select(['instance_id', 'chat', 'cleared_to']).where('clearing', '=', 1);
}

async function removeSome(db: Queries, { instance_id, chat, cleared_to }: Cleared): Promise<number> {
  const some = db
    .selectFrom('messages')
    .select(['message_id', 'from_me'])
    .where('instance_id', '=', instance_id)
    .where('chat', '=', chat)
    .where('sent_at', '<=', cleared_to)
    .limit(BATCH_ROWS);
  const { numDeletedRows } = await db
    .deleteFrom('messages')
    .where('instance_id', '=', instance_id)
    .where('chat', '=', chat)
    .where((e) => e(e.refTuple('message_id', 'from_me'), 'in', some.$asTuple('message_id', 'from_me')))
    .executeTakeFirst();
  if (numDeletedRows > 0n) return Number(numDeletedRows);
  await db
    .updateTable('chats')
    .set({ clearing: 0 })
    .where('instance_id', '=', instance_id)
    .where('chat', '=', chat)
    .where('cleared_to', '=', cleared_to)
    .execute();
  return 0;
}
