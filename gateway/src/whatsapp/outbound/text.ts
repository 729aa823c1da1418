import type { proto } from 'baileys';

/** What a client sees below a text with a link. */
export interface LinkPreview {
  /** As it stands in the text. */
  url: string;
  title: string;
  description: string | null;
}

export interface OutgoingText {
  text: string;
  preview: LinkPreview | null;
  /** Quote and mentions. */
  context: proto.IContextInfo | null;
  /** 32 bytes that later edits and reports are keyed with; null in channels, where nothing is encrypted. */
  secret: Uint8Array | null;
}

/** Builds a text as WhatsApp Web does: plain where nothing comes with it. */
export function buildText({ text, preview, context, secret }: OutgoingText): proto.IMessage {
  const beside = secret ? { messageContextInfo: { messageSecret: secret } } : {};
  if (!preview && !context) return { conversation: text, ...beside };
  return {
    extendedTextMessage: {
      text,
      ...(preview && { matchedText: preview.url, title: preview.title, description: preview.description }),
      ...(context && { contextInfo: context }),
    },
    ...beside,
  };
}
