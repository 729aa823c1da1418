import { z } from 'zod';
import { parseRecipient } from '../../../whatsapp/recipient.ts';
import { oneOf } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { mentionFields, optionalMessageText, sendingBody, sendingFields } from './fields.ts';
import { mediaExample } from './media.example.ts';
import { FILE_FIELDS, fileKind, mediaFields, requireOneSource } from './media-fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

/** A document of 100 MB in base64 fits in. */
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
    .superRefine(requireOneSource),
);

/** POST /api/message/media/:instance */
export function mediaRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/media/:instance',
      summary: 'Send an image, a video, a document or audio',
      examples: [mediaExample],
      recipients: [...CHATS, 'status'],
      body,
      bodyLimit: BODY_LIMIT,
      spooledFields: FILE_FIELDS,
      sent: 'Media sent successfully',
      kind({ mediaType, number, ...file }, { media }, recipient) {
        // A status takes no documents.
        if (recipient.kind === 'status' && mediaType === 'document') parseRecipient(number, CHATS);
        return fileKind(mediaType, file, media);
      },
    },
    deps,
  );
}
