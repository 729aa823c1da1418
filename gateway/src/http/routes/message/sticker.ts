import { z } from 'zod';
import { readSource } from '../../../whatsapp/media/outgoing/source.ts';
import { stickerKind } from '../../../whatsapp/outbound/media.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import { sendingBody, sendingFields } from './fields.ts';
import { FILE_FIELDS, requiredMedia } from './media-fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

/** A picture of 10 MB in base64 fits in. */
const BODY_LIMIT = 14 * 1024 * 1024;

const body = sendingBody(z.object({ ...sendingFields, imageUrl: requiredMedia }));

const example: RouteExample = {
  body: {
    number: '5511999999999',
    imageUrl:
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Sticker sent successfully', {
    messageId: '3EB08FCF27E532F1B0F7',
    messageType: 'sticker',
    content: '',
    mediaMimeType: 'image/webp',
    mediaSize: 40120,
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/sticker/:instance */
export function stickerRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/sticker/:instance',
      summary: 'Send a picture as a sticker',
      examples: [example],
      recipients: CHATS,
      body,
      bodyLimit: BODY_LIMIT,
      spooledFields: FILE_FIELDS,
      sent: 'Sticker sent successfully',
      kind: ({ imageUrl }, { media }) =>
        stickerKind({ source: readSource(imageUrl, 'ImageUrl'), field: 'ImageUrl' }, media),
    },
    deps,
  );
}
