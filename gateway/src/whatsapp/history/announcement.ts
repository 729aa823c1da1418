import { isMessageId } from '../inbound/origin.ts';
import { unwrap } from '../inbound/read.ts';
import type { FileReference } from '../media/file-reference.ts';
import { proto, type WAMessage } from '../proto.ts';

const { HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;
const { HistorySyncNotification } = proto.Message;

/** What the own phone says of a chunk of history that it has made ready. */
export interface HistoryAnnouncement {
  /** Of the message that brought it. */
  id: string;
  /** Where the chunk lies, or the chunk itself; `readChunkSource` reads it. */
  encoded: Uint8Array;
}

/** Where a chunk comes from. */
export interface ChunkSource {
  /** It holds the newest messages of each conversation. */
  newest: boolean;
  /** The packed chunk itself; null when it lies in a file. */
  inline: Uint8Array | null;
  file: FileReference;
}

/**
 * The announcement in a message; null when there is none. Only the account's own devices may announce history: a
 * stranger who could would write into the mailbox.
 */
export function historyAnnouncement({
  key,
  message,
}: Pick<WAMessage, 'key' | 'message'>): HistoryAnnouncement | null {
  if (!key.fromMe || !message || !key.id || !isMessageId(key.id)) return null;
  const { protocolMessage } = unwrap(message);
  const notification = protocolMessage?.historySyncNotification;
  if (protocolMessage?.type !== HISTORY_SYNC_NOTIFICATION || !notification) return null;
  return { id: key.id, encoded: HistorySyncNotification.encode(notification).finish() };
}

/** Reads what an announcement says of its chunk. Throws when the bytes are none. */
export function readChunkSource(encoded: Uint8Array): ChunkSource {
  const notification = HistorySyncNotification.decode(encoded);
  const { syncType, initialHistBootstrapInlinePayload: inline, ...file } = notification;
  return {
    newest: (syncType ?? 0) === 0,
    inline: inline?.length ? inline : null,
    file: fileOfChunk(file),
  };
}

function fileOfChunk({
  directPath,
  mediaKey,
  fileEncSha256,
  fileSha256,
}: proto.Message.IHistorySyncNotification): FileReference {
  return {
    kind: 'document',
    purpose: 'History',
    fileName: null,
    mimeType: '',
    directPath: directPath || null,
    url: null,
    mediaKey: mediaKey?.length ? mediaKey : null,
    encryptedSha256: fileEncSha256?.length ? fileEncSha256 : null,
    sha256: fileSha256?.length ? fileSha256 : null,
  };
}
