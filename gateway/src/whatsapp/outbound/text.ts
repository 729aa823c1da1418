import type { proto } from '../proto.ts';
import { wireMessage } from '../wire.ts';
import { type Building, beside, inContext, type OutgoingKind } from './kind.ts';
import { statusTextKind } from './status-text.ts';

/** What a client sees below a text with a link. */
export interface LinkPreview {
  /** As it stands in the text. */
  url: string;
  title: string;
  description: string | null;
  /** A small JPEG. */
  thumbnail?: Uint8Array;
}

export interface OutgoingText {
  text: string;
  /** Finds the preview of a link in the text; left out: there is none. */
  preview?: (() => Promise<LinkPreview | null>) | undefined;
}

/** A text, built as WhatsApp Web does: plain where nothing comes with it. */
export function textKind({ text, preview }: OutgoingText): OutgoingKind {
  let found: LinkPreview | null = null;
  return {
    type: 'text',
    content: text,
    async prepare() {
      found = (await preview?.()) ?? null;
    },
    build: (building) =>
      building.chat.kind === 'status'
        ? statusTextKind({ text }).build(building)
        : { message: wireMessage(buildText(text, found, building)) },
  };
}

function previewFields({
  url,
  title,
  description,
  thumbnail,
}: LinkPreview): Partial<proto.Message.IExtendedTextMessage> {
  return { matchedText: url, title, description, ...(thumbnail && { jpegThumbnail: thumbnail }) };
}

function buildText(text: string, preview: LinkPreview | null, building: Building): proto.IMessage {
  if (!preview && !building.context) return { conversation: text, ...beside(building) };
  return {
    extendedTextMessage: {
      text: building.addressed(text),
      ...(preview && previewFields(preview)),
      ...inContext(building),
    },
    ...beside(building),
  };
}
