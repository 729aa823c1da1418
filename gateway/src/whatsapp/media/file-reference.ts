import { unwrap } from '../inbound/read.ts';
import type { proto } from '../proto.ts';
import type { KeyPurpose } from './keys.ts';

/** Kinds of files, in the contract's words. */
export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** Where the file of a message lies and how its bytes are checked; everything in it was written by the sender. */
export interface FileReference {
  kind: FileKind;
  purpose: KeyPurpose;
  /** '' when the sender gives none. */
  mimeType: string;
  /** Documents; null when the sender gives none. */
  fileName: string | null;
  directPath: string | null;
  url: string | null;
  /** null: the file is not encrypted (newsletters). */
  mediaKey: Uint8Array | null;
  /** Of the encrypted and of the clear file; null when the sender gives none. */
  encryptedSha256: Uint8Array | null;
  sha256: Uint8Array | null;
}

const SHA256_BYTES = 32;

const FIELDS = {
  imageMessage: ['image', 'Image'],
  videoMessage: ['video', 'Video'],
  ptvMessage: ['video', 'Video'],
  audioMessage: ['audio', 'Audio'],
  documentMessage: ['document', 'Document'],
  stickerMessage: ['sticker', 'Image'],
} as const satisfies Partial<Record<keyof proto.IMessage, readonly [FileKind, KeyPurpose]>>;

/** The file that a message is; null when it is none. */
export function fileOf(message: proto.IMessage): FileReference | null {
  const content = unwrap(message);
  for (const field of Object.keys(FIELDS) as (keyof typeof FIELDS)[]) {
    const file = content[field];
    if (!file) continue;
    const [kind, purpose] = FIELDS[field];
    return {
      kind,
      purpose,
      mimeType: file.mimetype ?? '',
      fileName: ('fileName' in file && file.fileName) || null,
      directPath: file.directPath || null,
      url: file.url || null,
      mediaKey: file.mediaKey?.length ? file.mediaKey : null,
      encryptedSha256: hash(file.fileEncSha256),
      sha256: hash(file.fileSha256),
    };
  }
  return null;
}

function hash(bytes: Uint8Array | null | undefined): Uint8Array | null {
  return bytes?.length === SHA256_BYTES ? bytes : null;
}

const CDN = 'mmg.whatsapp.net';

/**
 * The address of a file. Only WhatsApp's own hosts: path and URL come from strangers, and the gateway would fetch
 * any address that they name from inside its network. null when there is none to fetch from.
 */
export function cdnUrl({ directPath, url }: Pick<FileReference, 'directPath' | 'url'>): URL | null {
  if (directPath?.startsWith('/')) {
    const parsed = URL.parse(`https://${CDN}${directPath}`);
    return parsed?.host === CDN ? parsed : null;
  }
  const parsed = url === null ? null : URL.parse(url);
  if (parsed?.protocol !== 'https:' || parsed.port !== '' || parsed.username || parsed.password) return null;
  return parsed.hostname.endsWith('.whatsapp.net') ? parsed : null;
}
