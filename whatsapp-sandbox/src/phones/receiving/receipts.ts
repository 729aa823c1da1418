import type { Bundle } from '../../server/accounts/prekeys.ts';
import { accountJid, type Device } from '../../server/model/account.ts';
import { isGroup, isNewsletter, isStatus } from '../../server/model/chats.ts';
import { verify, withType } from '../../wire/keys.ts';
import { child, childBytes, children, readUint, type Stanza } from '../../wire/stanza.ts';
import { answerMediaRetry, type FileOwner } from '../media/retry.ts';
import type { SentMessage } from '../messages/sent.ts';
import type { Recent } from '../recent.ts';
import { type GroupSender, resendToMember } from '../sending/group.ts';
import { sendToDevice, sentByMe } from '../sending/sending.ts';
import { resendStatus, type StatusSender } from '../sending/status.ts';

/** What a phone needs to note receipts, and to send again what a device could not read. */
type ReceiptReceiver = FileOwner &
  GroupSender &
  StatusSender & {
    /** Messages that it sent, by id. */
    readonly outbox: Recent<SentMessage>;
    /** Runs Signal work in its order, which no caller awaits. */
    start(work: () => Promise<unknown>): void;
  };

const MAX_RESENDS = 5;

/** How far a message can get with a recipient, in order. */
const PROGRESS = ['delivered', 'read', 'played'];

/** A receipt for a message of this phone: how far it got, or a device that wants it again. */
export function receiveReceipt(phone: ReceiptReceiver, node: Stanza): void {
  const { id = '', type, from, participant } = node.attrs;
  const device = phone.ctx.directory.device(participant ?? from);
  const sent = phone.outbox.get(id);
  if (!device) return;
  if (type === 'retry') {
    if (sent) phone.start(() => sendAgain(phone, id, sent, device, node));
    return;
  }
  if (device.account === phone.account) {
    if (type === 'server-error') answerMediaRetry(phone, node);
    return;
  }
  const listed = children(child(node, 'list'), 'item').map((item) => item.attrs.id ?? '');
  for (const each of [id, ...listed])
    note(phone.outbox.get(each), device.account.number, type ?? 'delivered');
}

function note(sent: SentMessage | undefined, number: string, status: string): void {
  const before = sent?.receipts.get(number) ?? '';
  if (PROGRESS.indexOf(status) > PROGRESS.indexOf(before)) sent?.receipts.set(number, status);
}

async function sendAgain(
  phone: ReceiptReceiver,
  id: string,
  sent: SentMessage,
  device: Device,
  node: Stanza,
): Promise<void> {
  const count = Number(child(node, 'retry')?.attrs.count) || 1;
  if (count > MAX_RESENDS) return;
  const bundle = readBundle(device, node);
  // Without keys in the receipt the session may still be good, once; after that only a fresh one helps.
  if (bundle) await phone.ciphers.open(device, bundle);
  else if (count > 1 || readUint(childBytes(node, 'registration')) !== device.registrationId) {
    await phone.ciphers.open(device);
  }
  const { chat, addressing, peer } = sent;
  if (isNewsletter(chat)) return; // nothing is encrypted there
  if (isStatus(chat)) return resendStatus(phone, device, sent.message, { id, count: String(count) });
  if (isGroup(chat)) return resendToMember(phone, chat, device, sent.message, { id, count: String(count) });
  const own = device.account === phone.account && !peer;
  await sendToDevice(phone, device, own ? sentByMe(chat, addressing, sent.message) : sent.message, {
    id,
    addressing,
    count: String(count),
    ...(peer ? { category: 'peer' } : {}),
    ...(own ? { recipient: accountJid(chat, addressing) } : {}),
  });
}

/** The keys inside a retry receipt, when they are there and the signed one is signed by the device. */
function readBundle(device: Device, node: Stanza): Bundle | undefined {
  const keys = child(node, 'keys');
  const skey = child(keys, 'skey');
  const key = childBytes(skey, 'value');
  const signature = childBytes(skey, 'signature');
  const id = readUint(childBytes(skey, 'id'));
  const registrationId = readUint(childBytes(node, 'registration'));
  if (!key || !signature || id === undefined || registrationId === undefined) return undefined;
  if (!verify(device.identity, withType(key), signature)) return undefined;
  const oneTimeId = readUint(childBytes(child(keys, 'key'), 'id'));
  const oneTimeKey = childBytes(child(keys, 'key'), 'value');
  const oneTime = oneTimeId !== undefined && oneTimeKey ? { id: oneTimeId, key: oneTimeKey } : undefined;
  return { registrationId, identity: device.identity, signed: { id, key, signature }, oneTime };
}
