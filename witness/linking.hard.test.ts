import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';

const WAITING = 250;

describe.runIf(whatsmeowIsHere())('whatsmeow on the sandbox', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  beforeAll(async () => {
    stage = await WitnessStage.set();
  });
  afterAll(() => stage.close());

  it('is linked by a QR code', async () => {
    const { phone, client } = await stage.link('By QR');
    expect(await client.call('isLoggedIn')).toEqual({ loggedIn: true });
    expect(await phone.devices()).toMatchObject([{ device: 1, connected: true }]);
  });

  it('is linked by a pairing code', async () => {
    const phone = await stage.newPhone('By code');
    const client = await stage.client();
    await client.linkByCode(phone);
    expect(await client.call('isLoggedIn')).toEqual({ loggedIn: true });
    expect(await phone.devices()).toMatchObject([{ device: 1, connected: true }]);
  });

  it('acknowledges all that waited for it when it was linked', async () => {
    const { phone } = await stage.link('Newly linked');
    await expect.poll(async () => (await phone.devices())[0]?.waiting).toBe(0);
  });

  it('takes its own name from the shared state at linking', async () => {
    const { client } = await stage.link('Nameless before');
    await expect.poll(() => client.store.pushName()).toBe('Nameless before');
  });

  it('logs in again with what it stored, and is live', async () => {
    const { phone, client } = await stage.link('Back again');
    const friend = await stage.newPhone('Friend');
    await client.stop();
    await client.logInAgain();
    const id = await friend.send(phone.number, 'you are back');
    expect((await client.message(id)).message.conversation).toBe('you are back');
  });

  it('reads the history that the phone gives to a new device', async () => {
    const phone = await stage.newPhone('Old hand');
    await phone.hasLived({ chats: 40, messages: 20_000 });
    const client = await stage.client();
    await client.linkByQr(phone);
    for (const type of ['INITIAL_BOOTSTRAP', 'PUSH_NAME', 'RECENT'])
      await client.expect('history_sync', `the history of type ${type}`, (data) => data.type === type);
    await expect.poll(() => client.store.pushNames()).toBeGreaterThan(10);
  });

  it('gets the 250 messages that waited while it was away, each once and in order, and then live ones', async () => {
    const { phone, client } = await stage.link('Long gone');
    const friend = await stage.newPhone('Patient');
    await client.message(await friend.send(phone.number, 'before'));
    const waiting = async () => (await phone.devices())[0]?.waiting;
    await expect.poll(waiting).toBe(0);
    await client.stop();
    const texts = Array.from({ length: WAITING }, (_, n) => `waiting ${n}`);
    for (const text of texts) await friend.send(phone.number, text);
    await client.logInAgain();
    await client.messages(WAITING, ({ message }) => String(message.conversation).startsWith('waiting'));
    const live = await friend.send(phone.number, 'live');
    await client.message(live);
    const got = client.events('message').map(({ data }) => data.message.conversation);
    expect(got).toEqual([...texts, 'live']);
    await expect.poll(waiting).toBe(0);
  });

  it('is told when the phone unlinks it', async () => {
    const { phone, client } = await stage.link('Unlinked');
    await phone.unlink();
    await client.expect('logged_out', 'the log-out');
    expect(await phone.devices()).toEqual([]);
  });

  it('unlinks itself', async () => {
    const { phone, client } = await stage.link('Leaving');
    await client.call('logout');
    await expect.poll(() => phone.devices()).toEqual([]);
  });
});
