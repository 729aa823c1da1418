const MEGABYTE = 1_048_576;

/** What a file is sent as. */
export type MediaKind = 'image' | 'video' | 'audio' | 'document';

/** Megabytes of the file as the client gives it (`messages.md` 1.4). */
export const SOURCE_LIMITS = { image: 16, video: 64, audio: 16, document: 100, sticker: 10 } as const;

export const bytesOf = (megabytes: number) => megabytes * MEGABYTE;
