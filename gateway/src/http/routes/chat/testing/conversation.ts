import { JOAO } from '../../../../instances/ingest/testing/ingest.ts';
import type { TestStorage } from '../../../../storage/testing/databases.ts';
import { DEV_TEAM, edit, inGroup, MARIA, type MailboxBench, mailboxBench, revoke } from './mailbox.ts';

/**
 * A conversation with João of eight messages, on its items: a question (edited), an image that answers it, an answer
 * of ours, something taken back; a reaction and a vote are none. Dev Team has two messages.
 */
export async function conversation(storage: TestStorage): Promise<MailboxBench> {
  const bench = await mailboxBench(storage);
  const { receive, chats, keyOf, labels, db } = bench;
  await receive('3EB0A', 0);
  await receive('3EB0B', 10, { message: edit('3EB0A', 'Hello again') });
  await receive('3EB0C', 10, {
    message: {
      imageMessage: {
        mimetype: 'image/jpeg',
        fileLength: 84_211,
        caption: 'Look',
        contextInfo: { stanzaId: '3EB0A', participant: JOAO.jid },
      },
    },
  });
  await receive('3EB0D', 20, { key: { fromMe: true } });
  await receive('3EB0E', 30, { message: { reactionMessage: { text: '👍', key: { id: '3EB0D' } } } });
  await receive('3EB0F', 40);
  await receive('3EB0G', 41, { message: revoke('3EB0F') });
  await receive('3EB0H', 50, { key: inGroup(JOAO), message: { conversation: 'Morning' } });
  await receive('3EB0I', 51, { key: inGroup(MARIA), message: { conversation: 'Hi' }, pushName: 'Maria' });
  await chats.set(DEV_TEAM, { name: 'Dev Team' });
  await db
    .updateTable('contacts')
    .set({ saved_name: 'João Silva', push_name: 'joao' })
    .where('jid', '=', JOAO.jid)
    .execute();
  await labels.edit({ id: '1', name: 'Important', color: 0, predefined: false, deleted: false });
  await labels.edit({ id: '2', name: 'VIP', color: 5, predefined: false, deleted: false });
  await labels.edit({ id: '3', name: 'Gone', color: 5, predefined: false, deleted: false });
  for (const id of ['1', '2', '3'])
    await labels.assign(id, { chat: await keyOf(JOAO.jid), messageId: null }, true);
  await labels.assign('2', { chat: DEV_TEAM, messageId: null }, true);
  await labels.edit({ id: '3', name: '', color: 0, predefined: false, deleted: true });
  return bench;
}

/** The answer of a refusal. */
export const refused = (status: number, message: string) => ({
  status,
  body: { success: false, error: { message } },
});

/** A number without a chat and without a contact. */
export const UNKNOWN_NUMBER = '5500000000000';
