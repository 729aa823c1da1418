import type { MediaTools } from '../media/outgoing/media-room.ts';
import type { MediaInput } from '../media/outgoing/prepare.ts';
import type { proto } from '../proto.ts';
import { type Button, flowOf } from './button.ts';
import { HeaderMedia, type MediaHeader } from './header-media.ts';
import type { OutgoingKind } from './kind.ts';
import { interactive, nativeFlow, panel } from './native-flow.ts';

export interface CarouselCard {
  title: string;
  subtitle: string | undefined;
  body: string;
  footer: string | undefined;
  buttons: Button[];
  media?: MediaInput | undefined;
}

export interface OutgoingCarousel {
  message: string | undefined;
  footer: string | undefined;
  cards: CarouselCard[];
}

/** Cards side by side, each with buttons of its own. */
export function carouselKind({ message, footer, cards }: OutgoingCarousel, tools: MediaTools): OutgoingKind {
  const files = new HeaderMedia(
    cards.map(({ media }) => media),
    tools,
  );
  const summary = `Carousel with ${cards.length} card(s)`;
  return {
    type: 'interactive',
    content: message === undefined ? summary : `${message} - ${summary}`,
    prepare: () => files.prepare(),
    async build(building) {
      const { headers, ...post } = await files.deliver(building);
      const content = {
        ...panel({ body: message ?? '', footer }),
        carouselMessage: {
          cards: cards.map((card, index) => cardOf(card, headers[index])),
          messageVersion: 1,
        },
      };
      return { ...interactive(content, building), ...post };
    },
    release: () => files.release(),
  };
}

function cardOf(
  { title, subtitle, body, footer, buttons }: CarouselCard,
  media: MediaHeader | undefined,
): proto.Message.IInteractiveMessage {
  const header = { title, ...(subtitle !== undefined && { subtitle }), ...media };
  return { ...panel({ header, body, footer }), nativeFlowMessage: nativeFlow(buttons.map(flowOf)) };
}
