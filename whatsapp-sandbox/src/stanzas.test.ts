import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { Phone } from './client.ts';
import { makeAccount } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { bytesOf, child, children, type Stanza, stanza } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const SERVER = '@s.whatsapp.net';

async function annaOnline() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  const phone = await Phone.make(sandbox.sandbox.info.control, ANNA, 'Anna');
  return { sandbox, client, phone };
}

test('any stanza reaches a companion as it was given, and its answers come back', async () => {
  const { client, phone } = await annaOnline();
  const seen: Stanza[] = [];
  client.socket.ws.on('CB:notification', (node: Stanza) => seen.push(node));
  const bytes = Buffer.from([8, 1]).toString('base64');
  const attrs = { id: 'N1', from: SERVER, type: 'psa', t: '1700000000' };
  const content = [{ tag: 'of', attrs: { a: 'b' }, content: { bytes } }, { tag: 'empty' }];
  const answers = await phone.stanza({ tag: 'notification', attrs, content });
  expect(answers).toMatchObject([{ tag: 'ack', attrs: { id: 'N1', class: 'notification', to: SERVER } }]);
  expect(seen[0]?.attrs).toMatchObject(attrs);
  const [of, empty] = children(seen[0]);
  expect(Buffer.from(bytesOf(of) ?? []).toString('base64')).toBe(bytes);
  expect(empty).toMatchObject({ tag: 'empty', attrs: {} });
});

test('a stanza that is put into the queue waits until it is acknowledged', async () => {
  const { sandbox, client, phone } = await annaOnline();
  await sandbox.until('nothing to wait', async () => (await phone.devices())[0]?.waiting === 0);
  await client.close();
  await sandbox.until('it to be away', async () => (await phone.devices())[0]?.connected === false);
  const attrs = { id: 'N2', from: SERVER, type: 'psa', t: '1700000000' };
  await phone.stanza({ tag: 'notification', attrs }, { queue: true, wait: 0 });
  await expect(phone.stanza({ tag: 'notification', attrs })).rejects.toThrow('409');
  const back = sandbox.client(client.account);
  await back.untilOpen();
  await sandbox.until('nothing to wait', async () => (await phone.devices())[0]?.waiting === 0);
});

test.each([
  ['no object', 'x'],
  ['without a tag', { attrs: {} }],
  ['with numbers as attributes', { tag: 'a', attrs: { b: 1 } }],
  ['with a number as content', { tag: 'a', content: 1 }],
])('a stanza that is %s is a 400', async (_what, node) => {
  const { sandbox } = await annaOnline();
  expect((await sandbox.call('POST', `/phones/${ANNA}/stanza`, { stanza: node })).status).toBe(400);
});

test('a receipt of several readers comes as one stanza and is acknowledged once', async () => {
  const { sandbox, client, phone } = await annaOnline();
  const seen: Stanza[] = [];
  client.socket.ws.on('CB:receipt', (node: Stanza) => seen.push(node));
  await phone.groupedReceipt('status@broadcast', [{ id: 'S1', readers: [BERT] }]);
  const receipt = await client.until('the receipt', () => seen[0]);
  expect(receipt.attrs).toMatchObject({ from: 'status@broadcast', type: 'read' });
  const participants = child(receipt, 'participants');
  expect(participants?.attrs).toEqual({ key: 'S1' });
  expect(child(participants, 'user')?.attrs).toMatchObject({ jid: expect.stringMatching(/@lid$/) });
  await sandbox.until('nothing to wait', async () => (await phone.devices())[0]?.waiting === 0);
});

test('linking and logging in say whether the account has moved to LIDs, and its properties', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  await sandbox.post(`/phones/${BERT}/props`, { lidMigrated: false, props: { 1234: 'on' } });
  for (const [number, moved] of [
    [ANNA, true],
    [BERT, false],
  ] as const) {
    const pairing = sandbox.client();
    const sets: Stanza[] = [];
    pairing.socket.ws.on('CB:iq,type:set', (node: Stanza) => sets.push(node));
    const qr = await pairing.until('a QR code', () => pairing.qr);
    const scan = sandbox.post(`/phones/${number}/scan`, { qr });
    await pairing.untilClosed();
    const paired = sets.map((node) => child(node, 'pair-success')).find((node) => node);
    const bytes = bytesOf(child(paired, 'client-props')) ?? new Uint8Array();
    expect(proto.ClientPairingProps.decode(bytes).isChatDbLidMigrated).toBe(moved);
    const client = sandbox.client(pairing.account);
    const successes: Stanza[] = [];
    client.socket.ws.on('CB:success', (node: Stanza) => successes.push(node));
    await Promise.all([scan, client.untilOpen()]);
    expect(successes[0]?.attrs).toMatchObject({ props: '27', abprops: '10', location: 'lla' });
    expect(Buffer.from(successes[0]?.attrs.companion_enc_static ?? '', 'base64')).toHaveLength(32);
    const get = { to: SERVER, type: 'get', xmlns: 'abt' };
    const answer = await client.socket.query(stanza('iq', get, [stanza('props', { protocol: '1' })]));
    const props = children(child(answer, 'props')).map(({ attrs }) => [
      attrs.config_code,
      attrs.config_value,
    ]);
    expect(props).toEqual(
      moved
        ? [['9435', '1']]
        : [
            ['9435', '0'],
            ['1234', 'on'],
          ],
    );
  }
});

test('a build that is too old is refused with 405, when it logs in and when it wants to be linked', async () => {
  const { sandbox, client } = await annaOnline();
  await client.close();
  await sandbox.post('/faults', { fault: 'client-outdated', build: 4_294_967_295 });
  expect(await sandbox.client(client.account).untilClosed()).toBe(405);
  expect(await sandbox.client(makeAccount()).untilClosed()).toBe(405);
  await sandbox.call('DELETE', '/faults');
  await sandbox.client(client.account).untilOpen();
});

test('client-expiration announces the date from which a build is refused, and withdraws it', async () => {
  const { sandbox, client } = await annaOnline();
  const dates: (string | undefined)[] = [];
  client.socket.ws.on('CB:ib,,client_expiration', (node: Stanza) =>
    dates.push(child(node, 'client_expiration')?.attrs.t),
  );
  await sandbox.post('/faults', { fault: 'client-expiration', t: 1_800_000_000 });
  await sandbox.post('/faults', { fault: 'client-expiration' });
  await client.socket.query(stanza('iq', { to: SERVER, type: 'get', xmlns: 'w:p' }));
  expect(dates).toEqual(['1800000000', undefined]);
});
