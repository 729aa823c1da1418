const MEGABYTE = 1_048_576;

/** What a file is sent as. */
export type MediaKind = 'image' | 'video' | 'audio' | 'document';

/** Megabytes that the file may have as the client gives it, before it is converted. */
export const SOURCE_LIMITS = { image: 16, video: 64, audio: 16, document: 100, sticker: 10 } as const;

export const bytesOf = (megabytes: number) => megabytes * MEGABYTE;
