import type { proto } from 'baileys';
import { type Button, flowOf } from './button.ts';
import type { OutgoingKind } from './kind.ts';
import { interactive, nativeFlow, panel } from './native-flow.ts';

export interface CarouselCard {
  title: string;
  subtitle: string | undefined;
  body: string;
  footer: string | undefined;
  buttons: Button[];
}

export interface OutgoingCarousel {
  message: string | undefined;
  footer: string | undefined;
  cards: CarouselCard[];
}

/** Cards side by side, each with buttons of its own. */
export function carouselKind({ message, footer, cards }: OutgoingCarousel): OutgoingKind {
  const summary = `Carousel with ${cards.length} card(s)`;
  return {
    type: 'interactive',
    content: message === undefined ? summary : `${message} - ${summary}`,
    build: (building) =>
      interactive(
        {
          ...panel({ body: message ?? '', footer }),
          carouselMessage: { cards: cards.map(cardOf), messageVersion: 1 },
        },
        building,
      ),
  };
}

function cardOf({ title, subtitle, body, footer, buttons }: CarouselCard): proto.Message.IInteractiveMessage {
  const header = { title, ...(subtitle !== undefined && { subtitle }) };
  return { ...panel({ header, body, footer }), nativeFlowMessage: nativeFlow(buttons.map(flowOf)) };
}
