import type { MediaTools } from '../media/outgoing/media-room.ts';
import type { MediaInput } from '../media/outgoing/prepare.ts';
import { cleanDigits } from '../recipient.ts';
import { HeaderMedia } from './header-media.ts';
import type { OutgoingKind } from './kind.ts';
import { type Flow, interactive, nativeFlow, panel } from './native-flow.ts';

export const BUTTON_TYPES = ['REPLY', 'URL', 'CALL', 'COPY'] as const;

export interface Button {
  /** By type: what a tap gives back, the link, the number, the text to copy. */
  id: string;
  displayText: string;
  type: (typeof BUTTON_TYPES)[number];
}

export interface OutgoingButtons {
  contentText: string;
  headerText: string | undefined;
  footerText: string | undefined;
  buttons: Button[];
  /** Takes the place of `headerText`. */
  media?: MediaInput | undefined;
}

/** A text with up to three buttons, under a title or a file. */
export function buttonKind(
  { contentText, headerText, footerText, buttons, media }: OutgoingButtons,
  tools: MediaTools,
): OutgoingKind {
  const files = new HeaderMedia([media], tools);
  const title = headerText === undefined ? undefined : { title: headerText };
  return {
    type: 'buttons',
    content: contentText,
    prepare: () => files.prepare(),
    async build(building) {
      const { headers, ...post } = await files.deliver(building);
      const content = {
        ...panel({ header: headers[0] ?? title, body: contentText, footer: footerText }),
        nativeFlowMessage: nativeFlow(buttons.map(flowOf)),
      };
      return { ...interactive(content, building), ...post };
    },
    release: () => files.release(),
  };
}

/** What a button does, in WhatsApp's words. */
export function flowOf({ id, displayText, type }: Button): Flow {
  const display_text = displayText;
  switch (type) {
    case 'REPLY':
      return { name: 'quick_reply', params: { display_text, id } };
    case 'URL':
      return { name: 'cta_url', params: { display_text, url: id, merchant_url: id } };
    case 'CALL':
      return { name: 'cta_call', params: { display_text, phone_number: `+${cleanDigits(id)}` } };
    case 'COPY':
      return { name: 'cta_copy', params: { display_text, copy_code: id } };
  }
}
