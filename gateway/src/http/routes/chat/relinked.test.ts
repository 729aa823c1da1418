import { expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { linkedGateway } from '../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

test.each(databases)(
  'an instance linked to another number on $name has the labels of that number alone',
  async ({ open }) => {
    const gateway = await linkedGateway(await open(), whatsApp);
    const first = await whatsApp.newPhone('First', { business: true });
    const second = await whatsApp.newPhone('Second', { business: true });
    const friend = await whatsApp.newPhone('Friend');
    await second.act('label', { id: '2', name: 'Of the second', color: 1 });
    const instance = await gateway.link(first);
    const tags = async () => (await instance.call('GET', '/api/chat/tag/:instance')).body.tags;
    for (const name of ['One', 'Two', 'Three'])
      await instance.call('POST', '/api/chat/tag/:instance', { name });
    await instance.call('POST', '/api/chat/assignTag/:instance', { number: friend.number, tagId: '2' });

    await instance.call('DELETE', '/api/instance/logout/:instance');
    const { body } = await instance.call('GET', '/api/instance/connect/:instance');
    await second.scan(body.qrCode);
    await expect.poll(tags).toMatchObject([{ id: '2', name: 'Of the second' }]);
    const carrying = await instance.call('GET', '/api/chat/contactsByLabel/:instance?labelIds=2');
    expect(carrying.body.total_chats).toBe(0);
  },
);
