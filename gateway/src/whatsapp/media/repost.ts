import type { Dispatcher } from 'undici';
import type { TempFiles } from '../../storage/temp-files.ts';
import { contentField } from '../inbound/read.ts';
import type { proto } from '../proto.ts';
import { SendFailed, type Session } from '../session.ts';
import { openMessage, type WireMessage, wireMessage } from '../wire.ts';
import { FileDamaged } from './decrypt.ts';
import { DownloadFailed, download } from './download.ts';
import { type FileReference, fileOf } from './file-reference.ts';
import { plainFile } from './outgoing/encrypt.ts';
import { writeLimited } from './outgoing/write-limited.ts';

const DEADLINE_MS = 60_000;
/** As large as any file that WhatsApp takes. */
const MEGABYTES = 100;

export interface RepostDeps {
  session: Pick<Session, 'media'>;
  files: TempFiles;
  /** The way to WhatsApp's media hosts. */
  through: Dispatcher;
}

/**
 * Brings the file of a message to where channels have theirs: nothing is encrypted there, so a reference to the file of
 * a chat would lead nowhere. Resolves with the content as a channel gets it. Throws `SendFailed`.
 */
export async function repost(
  message: WireMessage,
  { session, files, through }: RepostDeps,
): Promise<{ message: WireMessage; mediaId: string | null }> {
  const content = openMessage(message);
  const reference = fileOf(content);
  const field = contentField(content);
  if (!reference || !field) return { message, mediaId: null };
  const folder = await files.folder();
  try {
    const path = folder.next();
    await fetchTo(path, reference, through);
    const { size, sha256 } = await plainFile(path);
    const type = reference.kind === 'sticker' ? 'image' : reference.kind;
    const { url, directPath, handle } = await session.media.upload({ path, size, sha256, type, plain: true });
    const {
      mediaKey: _,
      mediaKeyTimestamp: __,
      fileEncSha256: ___,
      ...rest
    } = content[field] as proto.Message.IImageMessage;
    const file = { ...rest, url, directPath, fileSha256: sha256, fileLength: size };
    return { message: wireMessage({ [field]: file }), mediaId: handle };
  } finally {
    await folder.remove();
  }
}

async function fetchTo(path: string, reference: FileReference, through: Dispatcher): Promise<void> {
  try {
    await writeLimited(await download(reference, through, AbortSignal.timeout(DEADLINE_MS)), path, MEGABYTES);
  } catch (error) {
    if (!(error instanceof DownloadFailed) && !(error instanceof FileDamaged)) throw error;
    throw new SendFailed({ kind: 'failed', text: 'its file could not be fetched' }, { cause: error });
  }
}
