import { Newsletter, Phone } from '@ryze/whatsapp-sandbox/client';
import { Chats } from '../../mailbox/chats.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { Labels } from '../../mailbox/labels.ts';
import { Messages } from '../../mailbox/messages.ts';
import { PollVotes } from '../../mailbox/poll-votes.ts';
import type { Queries } from '../../storage/queries.ts';
import type { TestStorage } from '../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import type { SandboxEndpoint } from '../../testing/sandbox-environment.ts';
import { proto } from '../../whatsapp/proto.ts';
import type { Route } from '../route.ts';
import { exampleGroups, groupPreparations } from './example-groups.ts';
import { ADMIN_TOKEN } from './gateway.ts';

/** A gateway and a WhatsApp in which everything that the contract's examples name exists. */
export interface ExampleWorld {
  routes: readonly Route[];
  adminToken: string;
  accountToken: string;
  /** An account that may be changed and deleted. */
  accountId: string;
  instance: LinkedInstance;
  joao: Phone;
  groups: Awaited<ReturnType<typeof exampleGroups>>;
  db: Queries;
  call: LinkedGateway['call'];
}

const CLOSED_PORT = 'http://127.0.0.1:9/wh';

export async function exampleWorld(storage: TestStorage, whatsApp: SandboxEndpoint): Promise<ExampleWorld> {
  const gateway = await linkedGateway(storage, whatsApp, { ADMIN_TOKEN });
  const phone = (number: string, name: string) => Phone.make(whatsApp.control, number, name);
  const [own, joao] = [
    await phone('5511888888888', 'Blue Store'),
    await phone('5511999999999', 'João Silva'),
  ];
  await phone('5511777777777', 'Rui');
  const instance = await gateway.link(own, { name: 'sales' });
  const groups = await exampleGroups(whatsApp.control, { own, joao, phone });
  await joao.act('picture', { picture: Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString('base64') });
  await Newsletter.make(whatsApp.control, own.number, 'Product news', {
    jid: '120363422585881117@newsletter',
    invite: '120363422585881117',
    description: 'Releases',
    picture: Buffer.from('a picture').toString('base64'),
  });
  const spare = await gateway.app.accounts.create({
    name: 'Spare',
    allowedOrigins: ['https://app.example.com'],
  });

  await instance.call('POST', '/api/events/webhook/:instance', {
    label: 'default',
    enabled: true,
    url: CLOSED_PORT,
    authorization: 'Bearer svc-token-xyz',
    events: ['message.exchange', 'message.status'],
  });
  await instance.exchange(await joao.send(own.number, 'Hi!', { id: '3EB0A1B2C3D4E5F60718' }));
  await instance.exchange(await joao.send(own.number, 'Hi!', { id: '3EB08FCF27E532F1B0F5' }));
  await phone('558199999999', 'Bia');
  await phone('5511987654321', 'Carla');
  await mailboxOf(storage, instance.id);

  return {
    routes: gateway.app.routes,
    adminToken: ADMIN_TOKEN,
    accountToken: instance.account,
    accountId: spare.account.id,
    instance,
    joao,
    groups,
    db: storage.db,
    call: gateway.call,
  };
}

async function joaoOf(db: Queries, instanceId: string): Promise<string> {
  const person = { jid: '5511999999999@s.whatsapp.net', lid: null };
  const joao = await new Contacts(db, instanceId, Date.now()).find(person);
  if (!joao) throw new Error('João has written');
  return joao.id;
}

/** What the phone of the account has said of its chats. */
async function mailboxOf({ db }: TestStorage, instanceId: string): Promise<void> {
  const group = '120363406289005073@g.us';
  const labels = new Labels(db, instanceId);
  const chats = new Chats(db, instanceId);
  const joao = await joaoOf(db, instanceId);
  await chats.set(group, { name: 'Dev Team' });
  await chats.set(joao, { pinnedAt: Date.now(), mutedUntil: Date.now() + 3_600_000 });
  for (const [id, name] of [
    ['1', 'Important'],
    ['2', 'VIP'],
  ] as const) {
    await labels.edit({ id, name, color: 0, predefined: false, deleted: false });
    await labels.assign(id, { chat: joao, messageId: null }, true);
  }
  await labels.assign('2', { chat: group, messageId: null }, true);
}

/** A poll of João's in which he voted. */
async function withPoll({ db, instance: { id: instanceId } }: ExampleWorld): Promise<Undo> {
  const joao = await joaoOf(db, instanceId);
  const id = '3EB08FCF27E532F1B0F6';
  const at = Date.now() - 60_000;
  const options = ['Chocolate', 'Vanilla'].map((optionName) => ({ optionName }));
  const pollCreationMessage = { name: 'Which flavor?', options, selectableOptionsCount: 1 };
  await new Messages(db, instanceId, at).store({
    chat: joao,
    id,
    fromMe: false,
    sender: joao,
    type: 'poll',
    content: 'Which flavor?',
    status: 'received',
    source: '',
    isGroup: false,
    encoded: proto.Message.encode({ pollCreationMessage }).finish(),
    sentAt: at,
  });
  const vote = { voter: joao, id: '3EB0BBBBBBBBBBBBBBBB', options: ['Chocolate'], at };
  const row = { chat: joao, message_id: id, from_me: 0 };
  await new PollVotes(db, instanceId).record(row, vote);
  return () => new Messages(db, instanceId, at).remove(row);
}

/** A text that the account sent to João just now. */
async function withOwnText({ db, instance: { id: instanceId } }: ExampleWorld): Promise<Undo> {
  const chat = await joaoOf(db, instanceId);
  const id = '3EB08FCF27E532F1B0F5';
  const now = Date.now();
  const content = 'Sorry, I meant 5 PM';
  const sent = { chat, id, fromMe: true, sender: null, type: 'text', content, status: 'sent' } as const;
  const encoded = proto.Message.encode({ conversation: content }).finish();
  const messages = new Messages(db, instanceId, now);
  await messages.store({ ...sent, source: 'api', isGroup: false, encoded, sentAt: now });
  return () => messages.remove({ chat, message_id: id, from_me: 1 });
}

type Undo = () => Promise<unknown>;

const proxy = {
  enabled: true,
  host: 'proxy.example.com',
  port: '1080',
  protocol: 'socks5',
  username: 'user1',
};
const s3 = { enabled: true, bucket: 'ryzeapi-media', accessKey: 'AKIAEXAMPLE', secretKey: 'a-secret-key' };

/** What must be so while a route's examples are executed, by method and path; what must not stay so is undone. */
export const preparations: Record<string, (world: ExampleWorld) => Promise<Undo | undefined>> = {
  ...groupPreparations,
  'POST /api/chat/edit/:instance': withOwnText,
  'DELETE /api/chat/delete/:instance': withOwnText,
  'GET /api/chat/poll/:instance': withPoll,
  'POST /api/instance/settings/:instance': async ({ instance }) => {
    return () => instance.call('POST', '/api/instance/settings/:instance', { autoRejectCalls: false });
  },
  'POST /api/instance/proxy/:instance': async ({ instance }) => {
    return () => instance.call('POST', '/api/instance/proxy/:instance', { enabled: false });
  },
  'GET /api/instance/getProxy/:instance': async ({ instance }) => {
    await instance.call('POST', '/api/instance/proxy/:instance', proxy);
    return () => instance.call('POST', '/api/instance/proxy/:instance', { enabled: false });
  },
  'POST /api/instance/s3/:instance': async ({ instance }) => {
    return () => instance.call('POST', '/api/instance/s3/:instance', { enabled: false });
  },
  'GET /api/instance/getS3/:instance': async ({ instance }) => {
    await instance.call('POST', '/api/instance/s3/:instance', s3);
    return () => instance.call('POST', '/api/instance/s3/:instance', { enabled: false });
  },
  'GET /api/chat/base64/:instance': async ({ instance, joao }) => {
    const image = { media: { kind: 'image', bytes: 500 } };
    await joao.send('120363406289005073@g.us', image, { id: '3EB08FCF27E532F1B0F5' });
    await instance.events.expect('the image', ({ data }) => data.message?.type === 'image');
    return undefined;
  },
  'GET /api/events/deliveries/:instance': async ({ instance }) => {
    const attempted = async () => {
      const { body } = await instance.call('GET', '/api/events/deliveries/:instance?label=default');
      return body.deliveries.every(({ error }: { error: string | null }) => error !== null);
    };
    while (!(await attempted()));
    return undefined;
  },
};
