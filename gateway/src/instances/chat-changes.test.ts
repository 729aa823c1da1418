import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../storage/testing.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../testing/linked-gateway.ts';
import { startWhatsApp } from '../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

/** Events of labels since the instance was made, without their times. */
function labelEvents({ events }: LinkedInstance) {
  return events
    .all()
    .filter(({ event }) => event === 'label.update')
    .map(({ data: { timestamp: _, ...data } }) => data);
}

const reported = (
  { events }: LinkedInstance,
  what: string,
  fits: (data: Record<string, unknown>) => boolean,
) => events.expect(what, ({ event, data }) => event === 'label.update' && fits(data));

async function linked(gateway: LinkedGateway): Promise<LinkedInstance> {
  const instance = await gateway.link(await whatsApp.newPhone('Own', { business: true }));
  // Once a label is made, the state as it was at linking has been read.
  const made = await instance.call('POST', '/api/chat/tag/:instance', { name: 'First' });
  expect(made.body).toMatchObject({ success: true, tag: { id: '1' } });
  return instance;
}

describe.each(databases.slice(0, 1))('the state that all devices share ($name)', ({ open }) => {
  let gateway: LinkedGateway;
  let instance: LinkedInstance;
  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    instance = await linked(gateway);
  });

  test('a label of the phone that is made, changed, put on and taken off and deleted is told step by step', async () => {
    const { number } = await whatsApp.newPhone('Friend');
    const chatJid = `${number}@s.whatsapp.net`;
    const { phone } = instance;
    const chat = { chat: number, addressing: 'pn' };
    const before = labelEvents(instance).length;
    await phone.act('label', { id: '3', name: 'VIP', color: 5 });
    await phone.act('label', { id: '3', name: 'VIP', color: 5 });
    await phone.act('label', { id: '3', name: 'Very important', color: 7 });
    await phone.act('label-chat', { label: '3', ...chat });
    await phone.act('label-message', { label: '3', id: '3EB0C1D2E3F405162738', ...chat });
    await phone.act('label-chat', { label: '3', ...chat, labeled: false });
    await phone.act('label', { id: '3', deleted: true });
    await reported(instance, 'the deletion', ({ action }) => action === 'deleted');
    const nothing = {
      name: null,
      color: null,
      deleted: null,
      chatJid: null,
      messageId: null,
      labeled: null,
    };
    const edit = { ...nothing, type: 'edit', labelId: '3' };
    const put = { ...nothing, labelId: '3', action: 'add', chatJid, labeled: true };
    expect(labelEvents(instance).slice(before)).toEqual([
      { ...edit, action: 'created', name: 'VIP', color: 5, deleted: false },
      { ...edit, action: 'updated', name: 'Very important', color: 7, deleted: false },
      { ...put, type: 'chat' },
      { ...put, type: 'message', messageId: '3EB0C1D2E3F405162738' },
      { ...put, type: 'chat', action: 'remove', labeled: false },
      { ...edit, action: 'deleted', name: 'Very important', color: 7, deleted: true },
    ]);
  });
});
