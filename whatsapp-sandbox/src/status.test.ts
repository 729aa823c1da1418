import { describe, expect, test } from 'vitest';
import { makeMessageId } from './phones/sending/submit.ts';
import { ANNA, BERT, CARL, jid } from './testing/groups.ts';
import { testSandbox } from './testing/sandbox.ts';
import { child, children, stanza } from './wire/stanza.ts';

const STATUS = 'status@broadcast';

/** Anna with a client; Bert and Carl with phones. */
async function anna() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL);
  return { sandbox, client: await sandbox.link(ANNA) };
}

describe('status', () => {
  test('of a client is seen by those for whom it is encrypted, and by its own phone', async () => {
    const { sandbox, client } = await anna();
    const options = { statusJidList: [jid(BERT), jid(ANNA)], broadcast: true };
    const { key } = (await client.socket.sendMessage(STATUS, { text: 'On holiday' }, options)) ?? {};
    expect(await sandbox.inbox(BERT)).toMatchObject([
      { id: key?.id, chat: STATUS, from: jid(ANNA), text: 'On holiday', fromMe: false },
    ]);
    expect(await sandbox.inbox(ANNA)).toMatchObject([{ id: key?.id, chat: STATUS, fromMe: true }]);
    expect((await sandbox.get(`/phones/${CARL}/inbox`)).messages).toEqual([]);
  });

  test('of a phone goes to whom its settings name, and its viewers are seen to have read it', async () => {
    const { sandbox, client } = await anna();
    await sandbox.post(`/phones/${BERT}/act`, {
      action: 'status-privacy',
      audience: 'whitelist',
      numbers: [ANNA],
    });
    const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: STATUS, text: 'At work' });
    const { key } = await client.untilText('At work');
    expect(key).toMatchObject({ id, remoteJid: STATUS, fromMe: false });
    await client.socket.readMessages([key]);
    await sandbox.until('the receipt', async () => {
      const { receipts } = await sandbox.get(`/phones/${BERT}/sent/${id}`);
      return receipts[ANNA] === 'read';
    });
  });

  test('does not reach whoever has blocked its author', async () => {
    const { sandbox } = await anna();
    await sandbox.post(`/phones/${CARL}/act`, { action: 'block', number: BERT, to: BERT });
    await sandbox.post(`/phones/${BERT}/send`, { to: STATUS, text: 'Hi', viewers: [ANNA, CARL] });
    await sandbox.inbox(ANNA);
    expect((await sandbox.get(`/phones/${CARL}/inbox`)).messages).toEqual([]);
  });

  test('has an audience that clients can read', async () => {
    const { sandbox, client } = await anna();
    const lists = async () => {
      const attrs = { to: 's.whatsapp.net', type: 'get', xmlns: 'status', id: makeMessageId() };
      const answer = await client.socket.query(stanza('iq', attrs, [stanza('privacy')]));
      return children(child(answer, 'privacy'), 'list').map((list) => ({
        ...list.attrs,
        users: children(list, 'user').map(({ attrs }) => attrs.jid),
      }));
    };
    expect(await lists()).toContainEqual({ type: 'contacts', default: 'true', users: [] });
    await sandbox.post(`/phones/${ANNA}/act`, {
      action: 'status-privacy',
      audience: 'blacklist',
      numbers: [CARL],
    });
    expect(await lists()).toEqual([
      { type: 'contacts', users: [] },
      { type: 'blacklist', default: 'true', users: [jid(CARL)] },
      { type: 'whitelist', users: [] },
    ]);
  });

  test('that is not encrypted once for all is refused', async () => {
    const { client } = await anna();
    const id = makeMessageId();
    const acked = client.socket.waitForMessage(id, 5000) as Promise<{ attrs: object }>;
    await client.socket.sendNode(stanza('message', { id, to: STATUS, type: 'text' }, []));
    expect((await acked).attrs).toMatchObject({ error: '479' });
  });
});
