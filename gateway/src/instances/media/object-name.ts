import { createHash } from 'node:crypto';

/** What WhatsApp's own apps send; documents come with any type, and with a name. */
const EXTENSIONS = new Map(
  Object.entries({
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/gif': 'gif',
    'image/webp': 'webp',
    'video/mp4': 'mp4',
    'video/3gpp': '3gp',
    'video/quicktime': 'mov',
    'audio/ogg': 'ogg',
    'audio/mpeg': 'mp3',
    'audio/mp4': 'm4a',
    'audio/aac': 'aac',
    'audio/amr': 'amr',
    'application/pdf': 'pdf',
    'application/zip': 'zip',
    'text/plain': 'txt',
    'text/csv': 'csv',
  }),
);

const OTHER = 'bin';
const PLAIN_ID = /^[A-Za-z0-9_-]{1,128}$/;
const MIME = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:;\s?[\w-]{1,32}=[\w.+-]{1,64})*$/;

export interface NamedFile {
  messageId: string;
  mimeType: string;
  /** As the sender wrote it. */
  fileName: string | null;
  /** Set when another message of the instance has the same id: a reused id overwrites no file. */
  unique: string | null;
}

/** The last part of an object's key, `3EB0C1D2E3F405162739.jpg`. Ids and names come from strangers. */
export function objectName({ messageId, mimeType, fileName, unique }: NamedFile): string {
  const id = PLAIN_ID.test(messageId)
    ? messageId
    : createHash('sha256').update(messageId).digest('hex').slice(0, 32);
  const extension =
    EXTENSIONS.get(mimeType.split(';')[0]?.trim().toLowerCase() ?? '') ?? extensionOf(fileName);
  return `${id}${unique ? `-${unique}` : ''}.${extension}`;
}

function extensionOf(fileName: string | null): string {
  return /\.([a-z0-9]{1,8})$/i.exec(fileName ?? '')?.[1]?.toLowerCase() ?? OTHER;
}

/** A type that may stand in a header. */
export function safeMimeType(mimeType: string): string {
  return MIME.test(mimeType) ? mimeType : 'application/octet-stream';
}
