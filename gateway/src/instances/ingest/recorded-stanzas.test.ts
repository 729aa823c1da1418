import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

const S = 's.whatsapp.net';
const PHONE = '4915100000001';
const LID = '100000000000001@lid';
const T = '1777372200';

interface Node {
  tag: string;
  attrs?: Record<string, string>;
  content?: Node[] | { bytes: string };
}

const node = (tag: string, attrs: Record<string, string> = {}, content?: Node[] | Buffer | string): Node => {
  if (content === undefined) return { tag, attrs };
  if (Array.isArray(content)) return { tag, attrs, content };
  return { tag, attrs, content: { bytes: Buffer.from(content).toString('base64') } };
};
const hex = (text: string) => Buffer.from(text, 'hex');
const ib = (...content: Node[]) => node('ib', { from: S }, content);
const notification = (type: string, attrs: Record<string, string>, ...content: Node[]) =>
  node('notification', { type, from: S, t: T, ...attrs }, content);
const devices = (...content: Node[]) =>
  notification('devices', { from: `${PHONE}@${S}`, lid: LID }, ...content);
const device = (attrs: Record<string, string> = {}) =>
  node('device', { jid: `${PHONE}:58@${S}`, lid: '100000000000001:58@lid', ...attrs });
const keyIndexes = node('key-index-list', { ts: T });
const group = (...content: Node[]) =>
  notification('w:gp2', { from: '120363000000000001@g.us', participant: LID }, ...content);
const call = (...content: Node[]) => node('call', { from: LID, t: T }, content);
const ofCall = { 'call-id': 'C0FFEE00C0FFEE00C0FFEE00C0FFEE00', 'call-creator': LID };

/** Stanzas that the real service was seen to send, with invented numbers, and how many acks each wants. */
const RECORDED: [name: string, acks: number, stanza: Node][] = [
  ['edge routing', 0, ib(node('edge_routing', {}, [node('routing_info', {}, hex('0809080b'))]))],
  ['dirty account', 0, ib(node('dirty', { timestamp: T, type: 'account_sync' }))],
  ['thread metadata', 0, ib(node('thread_metadata', {}, [node('item', { id: '1' })]))],
  ['an announced end of the client version', 0, ib(node('client_expiration', { t: '1798070400' }))],
  ['the same, withdrawn', 0, ib(node('client_expiration'))],
  ['a count of pre-keys', 0, node('iq', { from: S, type: 'result' }, [node('count', { value: '0' })])],
  ['an empty result', 0, node('iq', { from: S, t: T, type: 'result' })],
  [
    'a preview of the offline queue',
    0,
    ib(node('offline_preview', { count: '9', message: '7', receipt: '1', notification: '1', appdata: '0' })),
  ],
  [
    'a device that is gone',
    1,
    devices(node('remove', { device_hash: '2:3VglYrrm' }, [device(), keyIndexes])),
  ],
  ['a device that is new', 1, devices(node('add', {}, [device({ 'key-index': '1' }), keyIndexes]))],
  ['devices that changed', 1, devices(node('update', { hash: '3VglYrrm' }))],
  [
    'a list of devices that nobody asked for',
    0,
    node('iq', { from: S, type: 'result' }, [
      node('usync', {}, [
        node('list', {}, [
          node('user', { jid: LID }, [
            node('devices', {}, [
              node('device-list', {}, [
                node('device', { id: '0' }),
                node('device', { id: '8', 'key-index': '1' }),
              ]),
              keyIndexes,
            ]),
          ]),
        ]),
      ]),
    ]),
  ],
  ['a picture without a child', 1, notification('picture', { from: LID, notify: 'Ana' })],
  [
    'a lock of new chats',
    1,
    notification(
      'mex',
      {},
      node(
        'update',
        { op_name: 'NotificationUserReachoutTimelockUpdate' },
        JSON.stringify({
          data: {
            xwa2_notify_account_reachout_timelock: {
              is_active: false,
              enforcement_type: 'RESTRICT_ALL_COMPANIONS',
            },
          },
        }),
      ),
    ),
  ],
  ['a mex notification that is not JSON', 1, notification('mex', {}, node('update', { op_name: 'X' }, '{'))],
  [
    'a refusal of companion_hello',
    0,
    node('iq', { from: S, type: 'error' }, [node('error', { code: '400', text: 'bad-request' })]),
  ],
  [
    'a query to be asked again later',
    0,
    node('iq', { from: S, type: 'error' }, [node('error', { code: '429', backoff: '60' })]),
  ],
  ...['479', '463', '400', '421'].map((error): [string, number, Node] => [
    `a late refusal ${error}`,
    0,
    node('ack', { class: 'message', from: 'status@broadcast', t: T, error }),
  ]),
  [
    'receipts of many users',
    1,
    node('receipt', { from: 'status@broadcast', type: 'read', t: T }, [
      node('participants', { key: 'GROUPED0001' }, [
        node('user', { jid: LID, t: T }),
        node('user', { jid: '100000000000002@lid', t: T }),
      ]),
    ]),
  ],
  [
    'a receipt with a list',
    1,
    node('receipt', { type: 'read', from: LID, t: T }, [
      node('list', {}, [node('item', { id: 'LISTED0001' })]),
    ]),
  ],
  ['a receipt of a companion', 1, node('receipt', { from: `${PHONE}:5@${S}`, t: T })],
  ['a receipt of a file', 1, node('receipt', { from: LID, type: 'server-error', t: T })],
  ['a receipt of an unknown type', 1, node('receipt', { from: LID, type: 'enc_rekey_retry', t: T })],
  [
    'a message without content, number and name',
    1,
    node('message', { from: LID, type: 'text', t: '1700000000' }),
  ],
  [
    // Its answer is a receipt.
    'a message that is not available here',
    0,
    node('message', { from: LID, type: 'media', t: '1700000000' }, [
      node('unavailable', { type: 'view_once' }),
    ]),
  ],
  ['latencies of a call', 1, call(node('relaylatency', ofCall, [node('te', { latency: '1' }, hex('00'))]))],
  ['a call that is about to be taken', 1, call(node('preaccept', ofCall))],
  ['a call that another device took', 1, call(node('accept', { ...ofCall, reason: 'accepted_elsewhere' }))],
  ['a call that was missed', 1, call(node('offer_notice', { ...ofCall, type: 'group', media: 'audio' }))],
  ['a last seen that is hidden', 0, node('presence', { from: LID, last: 'deny' })],
  [
    'a trusted contact token',
    1,
    notification(
      'privacy_token',
      { from: LID, sender_lid: LID },
      node('tokens', {}, [node('token', { type: 'trusted_contact', t: T }, hex('abcd'))]),
    ),
  ],
  ['an identity that changed', 1, notification('encrypt', { from: LID }, node('identity'))],
  [
    'own devices',
    1,
    notification(
      'account_sync',
      {},
      node('devices', { dhash: '2:abcdefgh' }, [node('device', { jid: LID })]),
    ),
  ],
  ['own privacy', 1, notification('account_sync', {}, node('privacy', { dhash: '1' }))],
  ['the block list', 1, notification('account_sync', {}, node('blocklist', { dhash: '1' }))],
  [
    'disappearing messages',
    1,
    notification('account_sync', {}, node('disappearing_mode', { duration: '0', t: T })),
  ],
  ['an about text', 1, notification('status', { from: LID }, node('set', { hash: 'abc' }))],
  ...['business', 'psa', 'crsc_continuation'].map((type): [string, number, Node] => [
    `a notification ${type}`,
    1,
    notification(type, {}, node(type)),
  ]),
  ['who may add members by link', 1, group(node('member_link_mode', {}, 'all_member_link'))],
  ['a group that may grow', 1, group(node('growth_unlocked'))],
];

describe('a stanza of the real service', () => {
  const [sqlite] = databases;
  let sales: LinkedInstance;
  let ana: Phone;
  let made = 0;

  beforeAll(async () => {
    if (!sqlite) throw new Error('there is no database to test on');
    const gateway = await linkedGateway(await sqlite.open(), whatsApp);
    sales = await gateway.link(await whatsApp.newPhone('Sales'));
    ana = await whatsApp.newPhone('Ana');
    await sales.exchange(await ana.send(sales.phone.number, 'Hi'));
  });

  const acks = async () => {
    const response = await fetch(`${whatsApp.control}/stats`);
    return ((await response.json()) as { acks: number }).acks;
  };

  test.each(RECORDED)(
    'with %s is acknowledged %i times, and the session goes on',
    async (_, expected, stanza) => {
      const before = await acks();
      const id = `RECORDED${++made}`;
      await sales.phone.stanza({ ...stanza, attrs: { id, ...stanza.attrs } }, { wait: 0 });
      await sales.exchange(await ana.send(sales.phone.number, 'Still there?'));
      await expect.poll(async () => (await acks()) - before).toBe(expected);
    },
  );

  test('with receipts of many users is a status of the message for each of them', () => {
    const statuses = sales.events.all().filter(({ event }) => event === 'message.status');
    const of = (id: string) => statuses.filter(({ data }) => JSON.stringify(data).includes(id));
    expect(of('GROUPED0001')).toHaveLength(2);
    expect(of('LISTED0001')).toHaveLength(1);
  });

  test('with an announced end of the client version is a state with its date', () => {
    const outdated = sales.events.all().filter(({ data }) => data.state === 'client_outdated');
    expect(outdated.map(({ data }) => [data.code, data.expiresAt])).toEqual([[null, '2026-12-24T00:00:00Z']]);
  });
});
