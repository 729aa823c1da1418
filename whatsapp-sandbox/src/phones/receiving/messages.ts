import { proto } from 'baileys';
import type { ServerWith } from '../../server/context.ts';
import { acceptReceipt, type Needs as ReceiptNeeds } from '../../server/messages/receipts.ts';
import { accountJid, type Device } from '../../server/model/account.ts';
import { type Chat, chatJid, STATUS_FEED } from '../../server/model/chats.ts';
import { verifyCompanion } from '../../wire/adv.ts';
import { STATUS_JID } from '../../wire/jid.ts';
import { KEY_TYPE } from '../../wire/keys.ts';
import { bytesOf, child, childBytes, children, type Stanza, stanza, uint } from '../../wire/stanza.ts';
import { answerKeyRequest, type KeySharer } from '../companions/first-sync.ts';
import { answerHistoryRequest, type HistorySender } from '../history/sending.ts';
import { receiveFiles } from '../media/receiving.ts';
import { readContent } from '../messages/content.ts';
import type { KnownMessage } from '../messages/known.ts';
import type { Recent } from '../recent.ts';
import type { Ciphers } from '../signal/ciphers.ts';
import type { GroupCiphers } from '../signal/group-ciphers.ts';
import { decodeMessage } from '../signal/padding.ts';
import { makePreKeys, type PhoneSecrets } from '../signal/store.ts';
import { type PostReceiver, receivePost } from './newsletter-posts.ts';

/** What a phone needs to take a message: to open it, to keep it, and to answer the device that sent it. */
type Receiver = PostReceiver &
  KeySharer &
  HistorySender & {
    readonly ctx: ReceiptNeeds & ServerWith<'groups' | 'log'>;
    readonly secrets: PhoneSecrets;
    readonly ciphers: Ciphers;
    readonly groupCiphers: GroupCiphers;
    /** Messages as they can be quoted, by id. */
    readonly received: Recent<Omit<KnownMessage, 'id'>>;
    /** Messages that it has had, by author and id. */
    readonly seen: Recent<true>;
    /** How often it has asked for a message again, by id. */
    readonly asked: Recent<number>;
  };

const MAX_RETRIES = 5;

/** Decrypts a message, answers with a receipt and puts it into the inbox; asks again when it cannot. */
export async function receiveMessage(phone: Receiver, node: Stanza): Promise<void> {
  if (child(node, 'plaintext')) return receivePost(phone, node);
  const sender = phone.ctx.directory.device(node.attrs.participant ?? node.attrs.from);
  if (!sender) return settle(phone, node);
  let message: proto.Message;
  try {
    message = await open(phone, sender, node);
  } catch (error) {
    phone.ctx.log.debug({ err: error, id: node.attrs.id }, 'phone could not decrypt');
    return askAgain(phone, node);
  }
  const own = sender.account === phone.account;
  const receipt = own ? (node.attrs.category === 'peer' ? 'peer_msg' : 'sender') : undefined;
  answer(phone, node, receipt);
  if (isRepeated(phone, `${sender.account.number}/${node.attrs.id}`)) return;
  await store(phone, sender, node, message);
}

/** Opens every ciphertext of a message: in a group the sender's key may come before what it is for. */
async function open(phone: Receiver, sender: Device, node: Stanza): Promise<proto.Message> {
  const message = new proto.Message();
  const encs = children(node, 'enc');
  if (encs.length === 0) throw new Error('message without a ciphertext');
  for (const enc of encs) {
    const opened = decodeMessage(await decrypt(phone, sender, node, enc));
    const content = opened.deviceSentMessage?.message ?? opened;
    const { groupId, axolotlSenderKeyDistributionMessage: key } = content.senderKeyDistributionMessage ?? {};
    if (groupId && key) await phone.groupCiphers.accept(groupId, sender, key);
    Object.assign(message, opened);
  }
  return message;
}

async function decrypt(phone: Receiver, sender: Device, node: Stanza, enc: Stanza): Promise<Uint8Array> {
  const body = bytesOf(enc);
  const { type } = enc.attrs;
  if (!body) throw new Error('message without a ciphertext');
  if (type === 'skmsg') return phone.groupCiphers.decrypt(node.attrs.from ?? '', sender, body);
  if (type !== 'msg' && type !== 'pkmsg') throw new Error(`message with a ciphertext of type ${type}`);
  if (type === 'pkmsg' && sender.id !== 0) requireVouchedFor(sender, node);
  return phone.ciphers.decrypt(sender, { type, body });
}

/** A companion's first message must carry its phone's signature over the identity it uses. */
function requireVouchedFor(sender: Device, node: Stanza): void {
  const bytes = childBytes(node, 'device-identity');
  const accountKey = sender.account.devices.get(0)?.identity;
  const identity = bytes && proto.ADVSignedDeviceIdentity.decode(bytes);
  if (!identity || !accountKey || !verifyCompanion(identity, sender.identity, accountKey)) {
    throw new Error('the sending companion is not vouched for');
  }
}

async function store(phone: Receiver, sender: Device, node: Stanza, message: proto.Message): Promise<void> {
  const sent = message.deviceSentMessage;
  const own = sender.account === phone.account;
  const content = sent?.message ?? message;
  if (node.attrs.category === 'peer') {
    if (own) takePeerMessage(phone, sender, node.attrs.id ?? '', content);
    return;
  }
  const chat = chatOf(phone, sender, node, sent?.destinationJid);
  if (!chat) return;
  const id = node.attrs.id ?? '';
  phone.received.set(id, { message: content, chat, author: sender.account });
  const read = readContent(content, node);
  const files = await receiveFiles(phone, id, content, read.kind);
  phone.inbox.add({
    id,
    from: accountJid(sender.account, 'pn'),
    sender: node.attrs.participant ?? node.attrs.from ?? '',
    chat: chatJid(chat),
    fromMe: own,
    at: Number(node.attrs.t) * 1000,
    ...read,
    ...files,
  });
}

/** What a companion asks of its own phone. */
function takePeerMessage(
  phone: Receiver,
  sender: Device,
  id: string,
  { protocolMessage }: proto.IMessage,
): void {
  const keys = protocolMessage?.appStateSyncKeyRequest?.keyIds;
  const older = protocolMessage?.peerDataOperationRequestMessage?.historySyncOnDemandRequest;
  const answered = keys
    ? answerKeyRequest(
        phone,
        sender,
        keys.flatMap(({ keyId }) => keyId ?? []),
      )
    : older && answerHistoryRequest(phone, sender, id, older);
  answered?.catch((error) => {
    phone.ctx.log.warn({ err: error, phone: phone.account.number }, 'a companion could not be answered');
  });
}

/** Where a message belongs: the group or status it came through, or the other side of the conversation. */
function chatOf(
  phone: Receiver,
  sender: Device,
  node: Stanza,
  destination: string | null | undefined,
): Chat | undefined {
  if (node.attrs.from === STATUS_JID) return STATUS_FEED;
  if (node.attrs.participant !== undefined) return phone.ctx.groups.get(node.attrs.from);
  if (sender.account !== phone.account) return sender.account;
  return phone.ctx.directory.account(destination ?? undefined);
}

function answer(phone: Receiver, node: Stanza, type: string | undefined): void {
  // No receipt takes a status off the queue.
  if (node.tag === 'status') settle(phone, node);
  const { id, from, participant, recipient } = node.attrs;
  acceptReceipt(phone.ctx, phone.device, stanza('receipt', { id, to: from, participant, type, recipient }));
}

function settle(phone: Receiver, node: Stanza): void {
  phone.ctx.delivery.settle(phone.device, node.tag, node.attrs);
}

/** A retry receipt: the sender is to send the message again, with the keys for a fresh session. */
function askAgain(phone: Receiver, node: Stanza): void {
  settle(phone, node);
  const { id = '', from, participant, recipient, t } = node.attrs;
  const count = (phone.asked.get(id) ?? 0) + 1;
  if (count > MAX_RETRIES) return;
  phone.asked.set(id, count);
  const { signedPreKey, identity, registrationId } = phone.secrets;
  const [oneTime] = makePreKeys(phone.secrets, 1);
  if (!oneTime) return;
  const content = [
    stanza('retry', { count: String(count), id, t, v: '1', error: '0' }),
    stanza('registration', {}, uint(registrationId, 4)),
    stanza('keys', {}, [
      stanza('type', {}, Uint8Array.of(KEY_TYPE)),
      stanza('identity', {}, identity.public),
      stanza('key', {}, [stanza('id', {}, uint(oneTime.id, 3)), stanza('value', {}, oneTime.key)]),
      stanza('skey', {}, [
        stanza('id', {}, uint(signedPreKey.keyId, 3)),
        stanza('value', {}, signedPreKey.keyPair.pubKey.slice(-32)),
        stanza('signature', {}, signedPreKey.signature),
      ]),
    ]),
  ];
  acceptReceipt(
    phone.ctx,
    phone.device,
    stanza('receipt', { id, to: from, participant, type: 'retry', recipient }, content),
  );
}

/** A message may come twice: as a resend to everyone, or by a fault. */
function isRepeated(phone: Receiver, key: string): boolean {
  if (phone.seen.has(key)) return true;
  phone.seen.set(key, true);
  return false;
}
