import { fileTypeFromFile } from 'file-type';
import { whatsAppError } from '../../errors.ts';
import type { MediaKind } from './limits.ts';

const SYNTAX =
  /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(\s*;\s*[\w-]{1,64}=("[^"]{0,128}"|[^\s;"]{1,128}))*$/;
const SHOWN_CHARACTERS = 128;
const UNKNOWN = 'application/octet-stream';

/** Other names of types that the rules here go by. */
const CANONICAL: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'audio/vnd.wave': 'audio/wav',
};

/** By file name, for types that have no bytes of their own. */
const BY_EXTENSION: Record<string, string> = {
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  md: 'text/markdown',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
};

/** Containers that may hold sound or films; only their content says which. */
const SOUND_IN_CONTAINER = new Set(['video/mp4', 'video/webm', 'application/ogg']);

/** Checks a type that the client gives. Throws `mime_type_invalid`. */
export function requireMimeType(mimeType: string): string {
  if (SYNTAX.test(mimeType)) return mimeType;
  const shown = [...mimeType].slice(0, SHOWN_CHARACTERS).join('');
  throw whatsAppError('mime_type_invalid', { mimeType: shown });
}

/** What the bytes say that a file is; null when they do not. */
export async function sniffFile(path: string): Promise<string | null> {
  const mime = (await fileTypeFromFile(path))?.mime;
  return mime === undefined ? null : (CANONICAL[mime] ?? mime);
}

/** Where the type of a file comes from, best first; `declared` is a response's or a `data:` URL's. */
export function mimeOf(hints: {
  explicit: string | undefined;
  sniffed: string | null;
  declared: string | null;
  fileName: string | null;
}): string {
  const declared = hints.declared && SYNTAX.test(hints.declared) ? hints.declared : null;
  const extension = hints.fileName?.split('.').at(-1)?.toLowerCase() ?? '';
  const byName = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  return hints.explicit ?? hints.sniffed ?? declared ?? byName ?? UNKNOWN;
}

/** Refuses a file whose bytes say that it is of another family than what it is to be sent as. */
export function requireFamily(kind: MediaKind, sniffed: string | null): void {
  if (kind === 'document' || sniffed === null || sniffed.startsWith(`${kind}/`)) return;
  if (kind === 'audio' && SOUND_IN_CONTAINER.has(sniffed)) return;
  throw whatsAppError('media_mismatch', { expected: kind, found: sniffed });
}
