import { describe, expect, test } from 'vitest';
import { GROUP, ingestBench, JOAO, waMessage } from '../instances/ingest/testing/ingest.ts';
import { databases } from '../storage/testing/databases.ts';
import { proto } from '../whatsapp/proto.ts';
import { storedContent } from './messages.ts';

const ID = '3EB0C1D2E3F405162738';
const MARIA = '5511977777777@s.whatsapp.net';
const { Type } = proto.Message.ProtocolMessage;

/** A message of `key` that changes the one with `ID`. */
const change = (protocolMessage: proto.Message.IProtocolMessage, key: object = {}) =>
  waMessage({ key: { id: '3EB0CHANGE', ...key }, message: { protocolMessage } });
const edit = (text: string, key = {}) =>
  change({ type: Type.MESSAGE_EDIT, key: { id: ID }, editedMessage: { conversation: text } }, key);
const revoke = (key = {}, participant?: string) =>
  change(
    {
      type: Type.REVOKE,
      key: { id: ID, fromMe: participant === undefined, participant: participant ?? null },
    },
    key,
  );
const inGroup = (participant: string) => ({ remoteJid: GROUP, remoteJidAlt: '', participant });

describe.each(databases)('edits and revocations on $name', (database) => {
  let reported: string[];

  async function after(...messages: Parameters<typeof waMessage>[0][]) {
    const { received, db, events } = await ingestBench(database);
    for (const message of messages) await received(waMessage(message));
    reported = (await events('message.exchange')).map(({ data }) => data.message.type);
    return db.selectFrom('messages').selectAll().where('message_id', '=', ID).executeTakeFirstOrThrow();
  }

  test('an edit of the author changes the text and keeps what was quoted', async () => {
    const contextInfo = { stanzaId: '3EB0AAAA', participant: JOAO.jid };
    const row = await after(
      { message: { extendedTextMessage: { text: 'At 5', contextInfo } } },
      edit('At 6'),
    );
    expect(row).toMatchObject({ type: 'text', content: 'At 6', edited: 1, in_history: 1 });
    expect(proto.Message.decode(row.content_proto).extendedTextMessage).toMatchObject({
      text: 'At 6',
      contextInfo: { stanzaId: '3EB0AAAA' },
    });
  });

  test('a revocation takes the content away', async () => {
    const row = await after({}, revoke());
    expect(row).toMatchObject({ type: 'message_revoke', content: '', edited: 0, in_history: 1 });
    expect(storedContent(row)).toBeUndefined();
  });

  test('a revoked message is not brought back by an edit', async () => {
    const row = await after({}, revoke(), edit('Back', { id: '3EB0LATER' }));
    expect(row).toMatchObject({ type: 'message_revoke', content: '' });
  });

  test('a group admin takes away what another member said', async () => {
    const row = await after({ key: inGroup(JOAO.jid) }, revoke(inGroup(MARIA), JOAO.jid));
    expect(row).toMatchObject({ type: 'message_revoke', content: '' });
    expect(reported).toEqual(['text', 'message_revoke']);
  });

  test('an edit of a person who may be the author is reported, and changes nothing until it is known', async () => {
    const row = await after({ key: inGroup(JOAO.jid) }, edit('At 6', inGroup(JOAO.lid)));
    expect(row).toMatchObject({ type: 'text', content: 'Hello' });
    expect(reported).toEqual(['text', 'message_edit']);
  });

  test.each([
    ['another member edits', edit('Mine now', inGroup(MARIA)), inGroup(JOAO.jid)],
    ['another member says it was his own', revoke(inGroup(MARIA)), inGroup(JOAO.jid)],
    ['the other side edits what we said', edit('Mine now'), { fromMe: true }],
    ['the other side takes back what we said', revoke({}, JOAO.jid), { fromMe: true }],
  ])('%s: nothing changes, and nothing is reported', async (_, made, key) => {
    expect(await after({ key }, made)).toMatchObject({ type: 'text', content: 'Hello', edited: 0 });
    expect(reported).toEqual(['text']);
  });
});
