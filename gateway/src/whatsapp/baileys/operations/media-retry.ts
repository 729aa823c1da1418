import {
  type BaileysEventMap,
  decryptMediaRetryData,
  encryptMediaRetryRequest,
  proto,
  type WASocket,
} from 'baileys';
import type { ChatMessageKey } from '../../ports/chats.ts';
import { SendFailed } from '../../session.ts';

/** A phone that is on answers within seconds. */
const ANSWER_MS = 20_000;

export type MediaRetrySocket = Pick<WASocket, 'authState' | 'ev' | 'sendNode'>;
type Update = BaileysEventMap['messages.media-update'][number];

const { ResultType } = proto.MediaRetryNotification;

/**
 * Media retry: a `server-error` receipt to the own phone, sealed with the file's key, answered by a `mediaretry`
 * notification. Resolves with the new direct path, null when the phone has the file no longer.
 */
export async function mediaRetry(
  socket: MediaRetrySocket,
  { chat, id, fromMe, participant }: ChatMessageKey,
  mediaKey: Uint8Array,
): Promise<string | null> {
  const me = socket.authState.creds.me?.id;
  if (!me) throw new SendFailed({ kind: 'not_connected' });
  const key = { remoteJid: chat, id, fromMe, ...(participant !== null && { participant }) };
  const answer = answerTo(socket, id);
  try {
    await socket.sendNode(encryptMediaRetryRequest(key, mediaKey, me));
    return newPath(await answer.update, id, mediaKey);
  } finally {
    answer.over();
  }
}

function answerTo({ ev }: MediaRetrySocket, id: string): { update: Promise<Update>; over(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<Update>();
  const listen = (updates: Update[]) => {
    const update = updates.find(({ key }) => key.id === id);
    if (update) resolve(update);
  };
  const late = setTimeout(() => reject(new SendFailed({ kind: 'timed_out' })), ANSWER_MS);
  promise.catch(() => {}); // the request may fail before this is awaited
  ev.on('messages.media-update', listen);
  return {
    update: promise,
    over() {
      clearTimeout(late);
      ev.off('messages.media-update', listen);
    },
  };
}

function newPath({ media, error }: Update, id: string, mediaKey: Uint8Array): string | null {
  const code: unknown = error?.data?.code;
  if (code === String(ResultType.GENERAL_ERROR)) {
    throw new SendFailed({ kind: 'failed', text: 'the phone could not upload it' });
  }
  if (error || !media) return null;
  const { result, directPath } = decryptMediaRetryData(media, mediaKey, id);
  return result === ResultType.SUCCESS && directPath ? directPath : null;
}
