import { describe, expect, it } from 'vitest';
import { onceId } from './decrypted-once.ts';
import { conversation } from './testing/parties.ts';

const GROUP = '120363000000000001@g.us';

describe('a message that is not settled yet', () => {
  it('is read again when it comes again, also after later messages', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const message = await ana.encrypt(bo, 'before the crash');
    const read = () => bo.repository.decryptMessage({ jid: ana.jid, ...message });
    await read();
    await bo.decrypt(ana, await ana.encrypt(bo, 'after it'));
    expect(Buffer.from(await read()).toString()).toBe('before the crash');
  });

  it('is read again when it opened the session', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const carol = await ana.again();
    await carol.open(bo);
    const message = await carol.encrypt(bo, 'first words');
    const read = () => bo.repository.decryptMessage({ jid: carol.jid, ...message });
    await read();
    expect(Buffer.from(await read()).toString()).toBe('first words');
  });

  it('of a group is read again', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const { ciphertext, senderKeyDistributionMessage } = await ana.encryptForGroup(GROUP, 'to all');
    await bo.acceptSenderKey(GROUP, ana, senderKeyDistributionMessage);
    const read = () =>
      bo.repository.decryptGroupMessage({ group: GROUP, authorJid: ana.jid, msg: ciphertext });
    await read();
    expect(Buffer.from(await read()).toString()).toBe('to all');
  });

  it('is remembered in the same write as its ratchet step, and by nothing of its own', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const message = await ana.encrypt(bo, 'both or neither');
    const writes: string[][] = [];
    const { set } = bo.store;
    bo.store.set = async (data) => {
      writes.push(Object.keys(data).sort());
      return set.call(bo.store, data);
    };
    await bo.repository.decryptMessage({ jid: ana.jid, ...message });
    expect(writes).toEqual([['decrypted', 'session']]);
    expect(bo.store.rows.has(`decrypted/${onceId(message.ciphertext)}`)).toBe(true);
  });
});
