import type { proto } from 'baileys';

/** A person who is mentioned. */
export interface ShownMention {
  /** As the message names him. */
  jid: string;
  /** The text holds `@` and the user part of this very address, so the phone shows his name there. */
  tagged: boolean;
}

export interface ShownContext {
  mentions?: ShownMention[];
  /** The message asks to notify everyone in the group. */
  everyone?: true;
  /** How often it has been forwarded. */
  forwarded?: number;
}

/** Mentions and forwarding of a message; `text` is what it shows. */
export function readContext(
  info: proto.IContextInfo | null | undefined,
  text: string | undefined,
): ShownContext {
  const mentions = (info?.mentionedJid ?? []).map((jid) => ({
    jid,
    tagged: text?.includes(`@${jid.slice(0, jid.indexOf('@'))}`) ?? false,
  }));
  const forwarded = info?.forwardingScore ?? (info?.isForwarded ? 1 : 0);
  return {
    ...(mentions.length > 0 && { mentions }),
    ...(info?.nonJidMentions && { everyone: true as const }),
    ...(forwarded > 0 && { forwarded }),
  };
}
