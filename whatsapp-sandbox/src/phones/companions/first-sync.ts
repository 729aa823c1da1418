import { proto } from 'baileys';
import type { Device } from '../../server/model/account.ts';
import { sameBytes } from '../../wire/keys.ts';
import type { AppStateKey } from '../app-state/keys.ts';
import { type Mutation, SET } from '../app-state/records.ts';
import { type HistorySender, sendHistory } from '../history/sending.ts';
import { type PeerSender, sendPeerMessage } from '../sending/peer-messages.ts';
import type { PhoneSecrets } from '../signal/store.ts';

/** What a phone needs to give app-state keys to its companions. */
export interface KeySharer extends PeerSender {
  readonly secrets: Pick<PhoneSecrets, 'registrationId'>;
  readonly appState: {
    readonly keys: readonly AppStateKey[];
    readonly actions: readonly { index: string[] }[];
    change(name: 'critical_block', mutation: Mutation): void;
  };
}

const { Type } = proto.Message.ProtocolMessage;

/** What a phone sends to a companion that has just been linked: the app-state keys and its history. */
export async function sendFirstSync(phone: KeySharer & HistorySender, device: Device): Promise<void> {
  // Clients take their own name from the collection that they read first.
  setOnce(phone, 'setting_pushName', { pushNameSetting: { name: phone.account.name } });
  setOnce(phone, 'setting_locale', { localeSetting: { locale: 'en_US' } });
  await sendPeerMessage(phone, device, keyShare(phone, phone.appState.keys));
  await sendHistory(phone, device);
}

/** A setting that every phone has from its registration on. */
function setOnce(phone: KeySharer & HistorySender, name: string, value: proto.ISyncActionValue): void {
  if (phone.appState.actions.some(({ index }) => index[0] === name)) return;
  const timed = { ...value, timestamp: phone.ctx.clock() };
  phone.appState.change('critical_block', { operation: SET, index: [name], value: timed, apiVersion: 1 });
}

/** Gives every companion all keys; the last one is the one in use. */
export async function shareAppStateKeys(phone: KeySharer): Promise<void> {
  for (const device of phone.account.devices.values()) {
    if (device !== phone.device) await sendPeerMessage(phone, device, keyShare(phone, phone.appState.keys));
  }
}

/** Answers a companion that asks for keys; one that this phone never had comes without data. */
export async function answerKeyRequest(phone: KeySharer, device: Device, ids: Uint8Array[]): Promise<void> {
  const keys = phone.appState.keys.filter(({ id }) => ids.some((asked) => sameBytes(asked, id)));
  const unknown = ids.filter((id) => !keys.some((key) => sameBytes(key.id, id)));
  const share = keyShare(phone, keys);
  share.appStateSyncKeyShare?.keys?.push(...unknown.map((keyId) => ({ keyId: { keyId } })));
  await sendPeerMessage(phone, device, share);
}

function keyShare(
  phone: Pick<KeySharer, 'secrets'>,
  keys: readonly AppStateKey[],
): proto.Message.IProtocolMessage {
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
