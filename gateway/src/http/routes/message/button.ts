import { z } from 'zod';
import type { MediaKind } from '../../../whatsapp/media/outgoing/limits.ts';
import type { MediaInput } from '../../../whatsapp/media/outgoing/prepare.ts';
import { readSource } from '../../../whatsapp/media/outgoing/source.ts';
import { buttonKind } from '../../../whatsapp/outbound/button.ts';
import { optionalOneOf, textError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import { button } from './button-fields.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import { between, entries, messageText, optionalWords, sendingBody, sendingFields } from './fields.ts';
import { FILE_FIELDS, type MediaText, mediaText } from './media-fields.ts';
import { CHATS, HEADER_MEDIA_LIMIT, sendRoute } from './send-route.ts';

const MAX_BUTTONS = 3;

const KINDS = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' } as const;

const body = sendingBody(
  z
    .object({
      ...sendingFields,
      contentText: messageText,
      buttons: entries(button, 1, MAX_BUTTONS, between(1, MAX_BUTTONS)),
      headerText: optionalWords(),
      footerText: optionalWords(),
      mediaUrl: mediaText,
      mediaType: optionalOneOf('IMAGE', 'VIDEO', 'DOCUMENT'),
    })
    .transform(({ mediaUrl, mediaType, ...message }, context) => {
      if (mediaUrl === undefined) return { ...message, file: undefined };
      if (mediaType) return { ...message, file: { mediaUrl, kind: KINDS[mediaType] } };
      context.addIssue({ code: 'custom', ...textError('MediaType is required when mediaUrl is present') });
      return z.NEVER;
    }),
);

const example: RouteExample = {
  body: {
    number: '5511999999999',
    contentText: 'Do you confirm the order?',
    buttons: [
      { id: 'confirm', displayText: 'Yes' },
      { id: 'cancel', displayText: 'No' },
    ],
    footerText: 'Blue Store',
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Buttons sent successfully', {
    messageId: '3EB08FCF27E532F1B0FD',
    messageType: 'buttons',
    content: 'Do you confirm the order?',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/button/:instance */
export function buttonRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/button/:instance',
      summary: 'Send a text with buttons',
      examples: [example],
      recipients: CHATS,
      body,
      bodyLimit: HEADER_MEDIA_LIMIT,
      spooledFields: FILE_FIELDS,
      sent: 'Buttons sent successfully',
      kind: ({ file, ...message }, { media }) =>
        buttonKind({ ...message, media: file && inputOf(file) }, media),
    },
    deps,
  );
}

function inputOf({ mediaUrl, kind }: { mediaUrl: MediaText; kind: MediaKind }): MediaInput {
  return { kind, source: readSource(mediaUrl, 'MediaUrl'), field: 'MediaUrl' };
}
