import { expect, test } from 'vitest';
import { addInstance, testSeal } from '../events/testing/events.ts';
import { databases } from '../storage/testing/databases.ts';

test.each(databases)(
  'a file on $name follows its message into another chat, and goes with it',
  async ({ open }) => {
    const { db } = await open();
    const { id: instance_id } = await addInstance(db, testSeal());
    const message = { instance_id, chat: 'lose', message_id: 'A', from_me: 0 };
    await db
      .insertInto('messages')
      .values({
        ...message,
        type: 'image',
        content: '',
        source: '',
        is_group: 0,
        content_proto: Buffer.of(),
        sent_at: 0,
        stored_at: 0,
      })
      .execute();
    const file = { id: 'file-of-a', remote_jid: '', kind: 'image' as const, mime_type: '', event_id: '' };
    const progress = { state: 'fetching' as const, attempts: 0, created_at: 0 };
    await db
      .insertInto('media')
      .values({ ...message, ...file, ...progress })
      .execute();

    await db.updateTable('messages').set({ chat: 'keep' }).where('chat', '=', 'lose').execute();
    expect(await db.selectFrom('media').select('chat').execute()).toEqual([{ chat: 'keep' }]);
    await db.deleteFrom('messages').where('chat', '=', 'keep').execute();
    expect(await db.selectFrom('media').selectAll().execute()).toEqual([]);
  },
);
