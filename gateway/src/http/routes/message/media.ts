import { z } from 'zod';
import { requireMimeType } from '../../../whatsapp/media/outgoing/sniff.ts';
import { mediaKind } from '../../../whatsapp/outbound/media.ts';
import { oneOf } from '../../fields.ts';
import type { Route } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { mentionFields, optionalMessageText, sendingBody, sendingFields } from './fields.ts';
import { mediaExample } from './media.example.ts';
import { chosenSource, mediaFields, oneSource } from './media-fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

/** A document of 100 MB in base64 fits in (`messages.md` 1.1). */
const BODY_LIMIT = 140 * 1024 * 1024;

const body = sendingBody(
  z
    .object({
      ...sendingFields,
      ...mentionFields,
      mediaType: oneOf('image', 'video', 'document', 'audio'),
      ...mediaFields,
      message: optionalMessageText,
    })
    .refine(...oneSource),
);

/** POST /api/message/media/:instance */
export function mediaRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/media/:instance',
      summary: 'Send an image, a video, a document or audio',
      examples: [mediaExample],
      recipients: CHATS,
      body,
      bodyLimit: BODY_LIMIT,
      sent: 'Media sent successfully',
      kind: ({ mediaType, message, mimeType, fileName, isVoice, duration, waveform, ...rest }, { media }) =>
        mediaKind(
          {
            kind: mediaType,
            ...chosenSource(rest),
            mimeType: mimeType === undefined ? undefined : requireMimeType(mimeType),
            fileName,
            voice: { isVoice, seconds: duration, waveform },
            caption: message,
          },
          media,
        ),
    },
    deps,
  );
}
