import type { proto } from '../proto.ts';
import type { Kind } from './content.ts';

export function plainText(text: string): Kind {
  return { type: 'text', content: text };
}

/** Text that carries a quote, a link preview, mentions or a look. */
export function extendedText({ text }: proto.Message.IExtendedTextMessage): Kind {
  return { type: 'text', content: text ?? '' };
}
