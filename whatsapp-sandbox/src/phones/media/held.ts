import type { proto } from 'baileys';
import type { KeyPurpose } from '../../media/ciphers.ts';
import type { StoredFile } from '../../media/store.ts';

/** The fields of a message that carry a file, by name: what its keys are derived for. */
export const MEDIA_FIELDS = {
  imageMessage: 'Image',
  videoMessage: 'Video',
  ptvMessage: 'Video',
  audioMessage: 'Audio',
  documentMessage: 'Document',
  stickerMessage: 'Image',
} satisfies Record<string, KeyPurpose>;

export type MediaField = keyof typeof MEDIA_FIELDS;

/** What every field that carries a file has, and what some of them have. */
export type MediaContent = proto.Message.IImageMessage &
  proto.Message.IVideoMessage &
  proto.Message.IAudioMessage &
  proto.Message.IDocumentMessage &
  proto.Message.IStickerMessage;

/** A file that a phone has: it was sent or received with a message. */
export interface HeldMedia {
  file: StoredFile;
  /** Absent for newsletters, whose files are not encrypted. */
  mediaKey: Uint8Array | undefined;
  purpose: KeyPurpose;
  /** What stands in the URL when it is uploaded again. */
  uploadType: string;
}

/** The type in the path of an upload; stickers and the picture of a link go where images go. */
export function uploadType(purpose: KeyPurpose): string {
  if (purpose === 'History' || purpose === 'App State') return 'md-app-state';
  return purpose === 'Link Thumbnail' ? 'image' : purpose.toLowerCase();
}
