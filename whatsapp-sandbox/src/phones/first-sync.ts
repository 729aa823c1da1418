import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';
import type { Device } from '../server/directory.ts';
import { sameBytes } from '../wire/keys.ts';
import type { AppStateKey } from './app-state/keys.ts';
import type { Phone } from './phone.ts';
import { sendToDevice } from './sending.ts';
import { makeMessageId } from './submit.ts';

const { Type } = proto.Message.ProtocolMessage;

/** What a phone sends to a companion that has just been linked: the app-state keys and its history. */
export async function sendFirstSync(phone: Phone, device: Device): Promise<void> {
  await peer(phone, device, keyShare(phone, phone.appState.keys));
  const history = proto.HistorySync.encode({
    syncType: proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP,
    chunkOrder: 1,
    progress: 100,
    conversations: [],
    pushnames: [],
  }).finish();
  await peer(phone, device, {
    type: Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      syncType: proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
      chunkOrder: 1,
      progress: 100,
      initialHistBootstrapInlinePayload: deflateSync(history),
    },
  });
}

/** Gives every companion all keys; the last one is the one in use. */
export async function shareAppStateKeys(phone: Phone): Promise<void> {
  for (const device of phone.account.devices.values()) {
    if (device !== phone.device) await peer(phone, device, keyShare(phone, phone.appState.keys));
  }
}

/** Answers a companion that asks for keys; one that this phone never had comes without data. */
export async function answerKeyRequest(phone: Phone, device: Device, ids: Uint8Array[]): Promise<void> {
  const keys = phone.appState.keys.filter(({ id }) => ids.some((asked) => sameBytes(asked, id)));
  const unknown = ids.filter((id) => !keys.some((key) => sameBytes(key.id, id)));
  const share = keyShare(phone, keys);
  share.appStateSyncKeyShare?.keys?.push(...unknown.map((keyId) => ({ keyId: { keyId } })));
  await peer(phone, device, share);
}

function keyShare(phone: Phone, keys: readonly AppStateKey[]): proto.Message.IProtocolMessage {
  const fingerprint = { rawId: phone.secrets.registrationId, currentIndex: 0, deviceIndexes: [0] };
  return {
    type: Type.APP_STATE_SYNC_KEY_SHARE,
    appStateSyncKeyShare: {
      keys: keys.map(({ id, data, createdAt }) => ({
        keyId: { keyId: id },
        keyData: { keyData: data, fingerprint, timestamp: createdAt },
      })),
    },
  };
}

async function peer(phone: Phone, device: Device, content: proto.Message.IProtocolMessage): Promise<void> {
  const id = makeMessageId();
  const message = { protocolMessage: content };
  const { account } = phone;
  phone.outbox.set(id, { message, chat: account, addressing: 'pn', peer: true, receipts: new Map() });
  await phone.enqueue(() => sendToDevice(phone, device, message, { id, addressing: 'pn', category: 'peer' }));
}
