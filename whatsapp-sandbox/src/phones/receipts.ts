import { accountJid, type Device } from '../server/directory.ts';
import type { Bundle } from '../server/prekeys.ts';
import { verify, withType } from '../wire/keys.ts';
import { child, childBytes, readUint, type Stanza } from '../wire/stanza.ts';
import type { SentMessage } from './outbox.ts';
import type { Phone } from './phone.ts';
import { sendToDevice, sentByMe } from './sending.ts';

const MAX_RESENDS = 5;

/** A receipt for a message of this phone: only one that wants the message again asks for something. */
export function receiveReceipt(phone: Phone, node: Stanza): void {
  const { id = '', type, from } = node.attrs;
  const device = phone.ctx.directory.device(from);
  const sent = phone.outbox.get(id);
  if (type !== 'retry' || !device || !sent) return;
  void phone.enqueue(() => sendAgain(phone, id, sent, device, node));
}

async function sendAgain(
  phone: Phone,
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
