import { unwrap } from '../inbound/read.ts';
import type { FileReference } from '../media/file-reference.ts';
import { proto, type WAMessage } from '../proto.ts';

const { HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;

/**
 * What the own phone says of a chunk of history that it has made; null when the message is none. Only the account's
 * own devices may say so: whoever else did could write into the mailbox.
 */
export function historyNotification({
  key,
  message,
}: Pick<WAMessage, 'key' | 'message'>): proto.Message.IHistorySyncNotification | null {
  if (!key.fromMe || !message) return null;
  const { protocolMessage } = unwrap(message);
  if (protocolMessage?.type !== HISTORY_SYNC_NOTIFICATION) return null;
  return protocolMessage.historySyncNotification ?? null;
}

/** Where the chunk lies, when it did not come along. */
export function chunkFile({
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
