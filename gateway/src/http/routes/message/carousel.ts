import { z } from 'zod';
import type { MediaInput } from '../../../whatsapp/media/outgoing/prepare.ts';
import { readSource } from '../../../whatsapp/media/outgoing/source.ts';
import { carouselKind } from '../../../whatsapp/outbound/carousel.ts';
import { sentenceError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { button } from './button-fields.ts';
import { carouselExample } from './carousel.example.ts';
import type { MessageRouteDeps } from './deps.ts';
import {
  between,
  entries,
  messageText,
  optionalMessageText,
  optionalWords,
  requiredWords,
  sendingBody,
  sendingFields,
} from './fields.ts';
import { FILE_FIELDS, type MediaText, mediaText } from './media-fields.ts';
import { CHATS, HEADER_MEDIA_LIMIT, sendRoute } from './send-route.ts';

const MAX_CARDS = 10;
const MAX_BUTTONS = 3;

const card = z
  .object({
    header: z
      .object({
        title: requiredWords(),
        subtitle: optionalWords(),
        imageUrl: mediaText,
        videoUrl: mediaText,
      })
      .refine(
        ({ imageUrl, videoUrl }) => imageUrl === undefined || videoUrl === undefined,
        sentenceError('accepts imageUrl or videoUrl, not both'),
      ),
    // A card without a body is one without its text.
    body: z.preprocess((body) => body ?? {}, z.object({ text: messageText })),
    footer: optionalWords(),
    buttons: entries(button, 0, MAX_BUTTONS, `must contain at most ${MAX_BUTTONS} items`),
  })
  .transform(({ header, body, footer, buttons }) => ({ ...header, body: body.text, footer, buttons }));

const body = sendingBody(
  z.object({
    ...sendingFields,
    message: optionalMessageText,
    footer: optionalWords(),
    cards: entries(card, 1, MAX_CARDS, between(1, MAX_CARDS)),
  }),
);

/** POST /api/message/carousel/:instance */
export function carouselRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/carousel/:instance',
      summary: 'Send cards with buttons',
      examples: [carouselExample],
      recipients: CHATS,
      body,
      bodyLimit: HEADER_MEDIA_LIMIT,
      spooledFields: FILE_FIELDS,
      sent: 'Carousel sent successfully',
      kind: ({ cards, ...message }, { media }) =>
        carouselKind(
          { ...message, cards: cards.map((card, index) => ({ ...card, media: inputOf(card, index) })) },
          media,
        ),
    },
    deps,
  );
}

function inputOf(
  { imageUrl, videoUrl }: { imageUrl?: MediaText | undefined; videoUrl?: MediaText | undefined },
  index: number,
): MediaInput | undefined {
  const [kind, text] =
    imageUrl === undefined ? (['video', videoUrl] as const) : (['image', imageUrl] as const);
  if (text === undefined) return undefined;
  const field = `cards[${index}].header.${kind}Url`;
  return { kind, source: readSource(text, field), field };
}
