import type { ChatMessageKey } from './chats.ts';

/** What stands in the path of an upload. */
export type UploadType = 'image' | 'video' | 'audio' | 'document';

export interface Upload {
  /** The bytes as WhatsApp is to keep them. */
  path: string;
  size: number;
  sha256: Uint8Array;
  type: UploadType;
  /** For a channel: not encrypted, and under another path. */
  plain: boolean;
}

/** Where an uploaded file lies. */
export interface UploadedFile {
  url: string;
  directPath: string;
  /** What a post of a channel names the file by, when WhatsApp gives one. */
  handle: string | null;
}

/** Files at WhatsApp's media hosts. */
export interface MediaOperations {
  /** Throws `SendFailed` when the session cannot say where to, `media_upload_failed` (`WhatsAppError`) when no host takes it. */
  upload(file: Upload): Promise<UploadedFile>;
  /**
   * Asks the account's phone to upload the file of a message again, because WhatsApp has it no longer. Resolves with
   * its new direct path, null when the phone does not have it either. Throws `SendFailed`: not connected, or the phone
   * did not answer in time.
   */
  requestReupload(message: ChatMessageKey, mediaKey: Uint8Array): Promise<string | null>;
}
