import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';
import type { Device } from '../../server/model/account.ts';
import { type Uploader, uploadMedia } from '../media/sending.ts';
import { type PeerSender, sendPeerMessage } from '../sending/peer-messages.ts';
import { type HistoryPlan, historyChunks, olderMessages } from './synthesis.ts';

/** What a phone needs to send its history to a companion. */
export type HistorySender = PeerSender & Uploader & { readonly history: HistoryPlan | undefined };

const { Type } = proto.Message.ProtocolMessage;
/** A chunk that is not larger, deflated, travels in the notification itself. */
const INLINE_BYTES = 32 * 1024;
const EMPTY: proto.IHistorySync = {
  syncType: proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP,
  conversations: [],
  pushnames: [],
};

/** Sends what a companion gets that has just been linked. */
export async function sendHistory(phone: HistorySender, device: Device): Promise<void> {
  const plan = phone.history;
  const chunks = plan ? historyChunks(plan, phone.account, device.link?.fullHistory ?? false) : [EMPTY];
  let order = 0;
  for (const chunk of chunks) await sendChunk(phone, device, chunk, { chunkOrder: ++order });
}

/** Answers a companion that asks for more of a chat. */
export async function answerHistoryRequest(
  phone: HistorySender,
  device: Device,
  id: string,
  {
    chatJid,
    oldestMsgId,
    onDemandMsgCount,
  }: proto.Message.PeerDataOperationRequestMessage.IHistorySyncOnDemandRequest,
): Promise<void> {
  if (!phone.history || !chatJid) return;
  const asked = { chat: chatJid, before: oldestMsgId ?? '', count: onDemandMsgCount ?? 50 };
  const chunk = olderMessages(phone.history, phone.account, asked);
  if (chunk) await sendChunk(phone, device, chunk, { peerDataRequestSessionId: id });
}

async function sendChunk(
  phone: HistorySender,
  device: Device,
  chunk: proto.IHistorySync,
  about: Pick<proto.Message.IHistorySyncNotification, 'chunkOrder' | 'peerDataRequestSessionId'>,
): Promise<void> {
  const progress = 100;
  const { chunkOrder } = about;
  const encoded = proto.HistorySync.encode({
    ...chunk,
    progress,
    ...(chunkOrder && { chunkOrder }),
  } as never).finish();
  const packed = deflateSync(encoded);
  await sendPeerMessage(phone, device, {
    type: Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      ...about,
      syncType: chunk.syncType as number,
      progress,
      ...(await placeOf(phone, packed)),
    },
  });
}

async function placeOf(phone: Uploader, packed: Buffer): Promise<proto.Message.IHistorySyncNotification> {
  if (packed.length <= INLINE_BYTES) return { initialHistBootstrapInlinePayload: packed };
  const { fields } = await uploadMedia(phone, oneChunk(packed), 'History');
  const { url: _, mediaKeyTimestamp: __, ...place } = fields;
  return place;
}

async function* oneChunk(bytes: Buffer) {
  yield bytes;
}
