/** The file of a message that was reported: where it is, or what is still to be done to get it. */
export interface MediaTable {
  /** Also the name of the local file. */
  id: string;
  instance_id: string;
  /** The message: `messages.chat`, `message_id`, `from_me`. */
  chat: string;
  message_id: string;
  from_me: number;
  /** Chat and author as they came on the wire, by which the phone finds the message when it is to upload it again. */
  remote_jid: string;
  participant: string | null;
  kind: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  mime_type: string;
  /** The `message.exchange` that reported it. */
  event_id: string;
  /** Channels that show the file wait until then, or left without it at that moment; null = none waits. */
  waits_until: number | null;
  state: 'fetching' | 'ready' | 'failed';
  /** What is wrong, in the contract's words. */
  error: 'download_failed' | 'expired' | 'upload_failed' | 'too_large' | null;
  attempts: number;
  /** null = nothing is to be done. */
  next_attempt_at: number | null;
  claim_id: string | null;
  claimed_until: number | null;
  /** Where the phone has put it since, in place of what the message says. */
  direct_path: string | null;
  /** Bytes of the local file; null = there is none. */
  size: number | null;
  sha256: Uint8Array | null;
  /** In the instance's bucket. */
  object_key: string | null;
  s3_url: string | null;
  created_at: number;
}

/** An object that is to be deleted in an instance's bucket: its chat was deleted with its media. */
export interface DoomedObjectTable {
  instance_id: string;
  object_key: string;
  attempts: number;
  next_attempt_at: number;
}
