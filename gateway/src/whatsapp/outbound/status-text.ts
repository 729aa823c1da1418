import { wireMessage } from '../wire.ts';
import { beside, type OutgoingKind } from './kind.ts';

/** WhatsApp's numbers for the fonts of a text status. */
const FONTS = new Map([
  ['system_text', 1],
  ['sans-serif', 1],
  ['fb_script', 2],
  ['system_bold', 6],
  ['morningbreeze_regular', 7],
  ['calistoga_regular', 8],
  ['serif', 8],
  ['exo2_extrabold', 9],
  ['courierprime_bold', 10],
]);
const SYSTEM = 0;
const OPAQUE = 0xff000000;
const WHITE = 0xffffffff;

export interface StatusText {
  text: string;
  /** Six hexadecimal digits; left out: what the viewer's app takes. */
  background?: string | undefined;
  /** A name of the contract; any other counts as `system`. */
  font?: string | undefined;
}

/** A text to be published as a status. */
export function statusTextKind({ text, background, font = 'system' }: StatusText): OutgoingKind {
  return {
    type: 'text',
    content: text,
    build: (building) => ({
      message: wireMessage({
        extendedTextMessage: {
          text,
          font: FONTS.get(font) ?? SYSTEM,
          ...(background && {
            // `>>> 0`: the field is unsigned, and bit operations are not.
            backgroundArgb: (OPAQUE | Number.parseInt(background, 16)) >>> 0,
            textArgb: WHITE,
          }),
        },
        ...beside(building),
      }),
    }),
  };
}
