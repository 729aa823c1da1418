import { Group, type Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, beforeEach } from 'vitest';
import { databases } from '../../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../../testing/linked-gateway.ts';
import { linkStockDevice, type StockDevice } from '../../../../testing/stock-device.ts';
import { startWhatsApp } from '../../../../testing/whatsapp.ts';

/*
 * For tests of what changes a chat: an account on a phone, a gateway and a stock device, and a friend who writes to it.
 * Every test file that imports this has a WhatsApp of its own; the bindings are set before each test.
 */

export const whatsApp = await startWhatsApp();

export const error = (status: number, message: string) => ({
  status,
  body: { success: false, error: { message } },
});
export const ok = (body: object) => ({ status: 200, body: { success: true, ...body } });

export let instance: LinkedInstance;
export let other: StockDevice;
export let own: Phone;
/** A new one for every test, who has written once. */
export let friend: Phone;
export let jid: string;
export let received: string;

beforeAll(async () => {
  const storage = await databases[0]?.open();
  if (!storage) throw new Error('SQLite is always there');
  const gateway = await linkedGateway(storage, whatsApp);
  own = await whatsApp.newPhone('Own', { business: true });
  instance = await gateway.link(own);
  other = await linkStockDevice(whatsApp, own);
  await call('POST', 'tag', { name: 'First' });
});

beforeEach(async () => {
  friend = await whatsApp.newPhone('Friend');
  jid = `${friend.number}@s.whatsapp.net`;
  received = await friend.send(own.number, 'Hello');
  await instance.exchange(received);
});

/** What is compared of an answer. */
export async function call(method: string, name: string, body?: object) {
  const { status, body: answer } = await instance.call(
    method,
    `/api/chat/${name}`.replace(/(\?|$)/, '/:instance$1'),
    body,
  );
  return { status, body: answer };
}
export const post = (name: string, body: object) => call('POST', name, body);
export const listed = async () =>
  (await call('GET', `list?search=${friend.number}`)).body.chats[0] as Record<string, unknown> | undefined;
export const sendText = async (to: string, message: string): Promise<string> =>
  (await instance.call('POST', '/api/message/text/:instance', { number: to, message })).body.data.messageId;
export const label = (what: string, fits: (data: Record<string, unknown>) => boolean) =>
  instance.events.expect(what, ({ event, data }) => event === 'label.update' && fits(data));
/** Resolves when the stock device of the account has emitted such an event. */
export const synced = (event: string, fits: (data: Record<string, unknown>) => boolean) =>
  other.events.expect(event, (each) => each.event === event && fits(each.data));
/** The receipts that the author of a message has for it. */
export async function ticks(phone: Phone, id: string) {
  const answer = await fetch(`${whatsApp.control}/phones/${phone.number}/sent/${id}`);
  return Object.values(((await answer.json()) as { receipts: object }).receipts);
}
export async function groupOf(...numbers: string[]) {
  return Group.make(whatsApp.control, friend.number, 'Dev Team', [own.number, ...numbers]);
}
