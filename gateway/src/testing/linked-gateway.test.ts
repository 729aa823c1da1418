import { expect, test } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { linkedGateway } from './linked-gateway.ts';
import { startWhatsApp } from './whatsapp.ts';

const whatsApp = await startWhatsApp();

test.each(databases)('a text goes out through HTTP and an answer comes back, on $name', async ({ open }) => {
  const gateway = await linkedGateway(await open(), whatsApp);
  const [own, friend] = [await whatsApp.newPhone('Own'), await whatsApp.newPhone('Friend')];
  const instance = await gateway.link(own);
  const body = { number: friend.number, message: 'Hello' };
  const sent = await instance.call('POST', '/api/message/text/:instance', body);
  expect(sent.status).toBe(200);
  expect(await friend.sees(sent.body.data.messageId)).toMatchObject({ text: 'Hello' });
  const id = await friend.send(own.number, 'Hi');
  expect((await instance.exchange(id)).data.message).toMatchObject({ type: 'text', content: 'Hi' });
});
