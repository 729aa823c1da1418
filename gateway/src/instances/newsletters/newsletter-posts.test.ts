import { Newsletter } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

describe.each(databases)('posts of channels, on $name', ({ open }) => {
  let gateway: LinkedGateway;
  let sales: LinkedInstance;
  let support: LinkedInstance;

  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    sales = await gateway.link(await whatsApp.newPhone('Sales'));
    support = await gateway.link(await whatsApp.newPhone('Support'));
  });

  const channelOf = async (fields: object = {}) => {
    const owner = await whatsApp.newPhone('Owner');
    const channel = await Newsletter.make(whatsApp.control, owner.number, 'Blue Store News', fields);
    return { owner, channel };
  };

  test('a post is reported with the channel as its sender, to each account that follows', async () => {
    const { owner, channel } = await channelOf();
    await channel.follow(sales.phone.number);
    await channel.follow(support.phone.number);
    const id = await owner.send(channel.jid, 'New arrivals');
    const named = { jid: channel.jid, name: 'Blue Store News' };
    for (const instance of [sales, support]) {
      const { data } = await instance.exchange(id);
      expect(data).toMatchObject({
        direction: 'incoming',
        chat: { ...named, type: 'newsletter' },
        sender: named,
        recipient: null,
        message: { type: 'text', content: 'New arrivals' },
      });
    }
    await channel.unfollow(support.phone.number);
    const next = await owner.send(channel.jid, 'More');
    await sales.exchange(next);
    const witness = await owner.send(support.phone.number, 'Hi');
    await support.exchange(witness);
    expect(support.events.all().filter(({ data }) => data.id === next)).toEqual([]);
  });

  test('a post of ours reaches the followers plain, and is one of the account on its other devices', async () => {
    const reader = await whatsApp.newPhone('Reader');
    const channel = await Newsletter.make(whatsApp.control, sales.phone.number, 'Ours');
    await channel.follow(reader.number);
    const body = { number: channel.jid, message: 'Hello all', replyTo: 'ignored' };
    const { status, body: sent } = await sales.call('POST', '/api/message/text/:instance', body);
    expect({ status, chat: sent.data.chat }).toEqual({
      status: 200,
      chat: { jid: channel.jid, name: 'Ours', type: 'newsletter' },
    });
    const id = sent.data.messageId;
    expect(await reader.sees(id)).toMatchObject({ chat: channel.jid, text: 'Hello all' });
    expect((await sales.exchange(id)).data).toMatchObject({
      direction: 'outgoing',
      recipient: { jid: channel.jid, name: 'Ours' },
    });
    const fromPhone = await sales.phone.send(channel.jid, 'By hand');
    expect((await sales.exchange(fromPhone)).data).toMatchObject({
      direction: 'outgoing',
      sender: { name: 'Sales' },
      recipient: { jid: channel.jid, name: 'Ours' },
    });
  });

  test('a post that is edited twice and deleted is reported so and changes what is stored', async () => {
    const { owner, channel } = await channelOf();
    await channel.follow(sales.phone.number);
    const id = await owner.send(channel.jid, 'At five');
    await sales.exchange(id);
    const reported = (type: string, nth: number) =>
      sales.events.expect(
        `${type} ${nth}`,
        ({ event, data }) =>
          event === 'message.exchange' && data.chat.jid === channel.jid && data.message.type === type,
        nth,
      );
    for (const [index, text] of ['At six', 'At seven'].entries()) {
      await owner.about('edit', id, { text });
      const { data } = await reported('message_edit', index + 1);
      expect(data.message).toMatchObject({ content: text, edit: { original_id: id, text } });
    }
    await owner.about('revoke', id);
    const { data } = await reported('message_revoke', 1);
    expect(data).toMatchObject({ id, message: { revoke: { original_id: id, by_admin: false } } });
  });

  test('a post where the account may not post is refused, and stays so', async () => {
    const { channel } = await channelOf();
    await channel.follow(sales.phone.number);
    const body = { number: channel.jid, message: 'Spam' };
    const { status, body: refused } = await sales.call('POST', '/api/message/text/:instance', body);
    expect({ status, message: refused.error.message }).toEqual({
      status: 500,
      message: 'WhatsApp refused the message (code 403)',
    });
  });

  test('a channel that changes its name is reported under the new one', async () => {
    const { owner, channel } = await channelOf();
    await channel.follow(sales.phone.number);
    await sales.exchange(await owner.send(channel.jid, 'Before'));
    await channel.change({ name: 'Green Store News' });
    const after = await sales.exchange(await owner.send(channel.jid, 'After'));
    expect(after.data.chat.name).toBe('Green Store News');
  });
});
