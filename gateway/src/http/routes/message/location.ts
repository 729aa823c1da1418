import { z } from 'zod';
import { locationKind } from '../../../whatsapp/outbound/location.ts';
import { textError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import { latitude, longitude, optionalWords, sendingBody, sendingFields } from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const body = sendingBody(
  z
    .object({ ...sendingFields, latitude, longitude, name: optionalWords(), address: optionalWords() })
    .transform(({ latitude, longitude, ...rest }, context) => {
      // Both exactly 0 is what a client sends whose fields were never filled.
      const given = latitude !== undefined && longitude !== undefined && (latitude !== 0 || longitude !== 0);
      if (given) return { ...rest, latitude, longitude };
      context.addIssue({ code: 'custom', ...textError('Latitude and longitude are required') });
      return z.NEVER;
    }),
);

const example: RouteExample = {
  body: {
    number: '5511999999999',
    latitude: -23.5614,
    longitude: -46.6558,
    name: 'Blue Store',
    address: 'Av. Paulista, 1000',
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Location sent successfully', {
    messageId: '3EB08FCF27E532F1B0F8',
    messageType: 'location',
    content: '📍 Blue Store\nAv. Paulista, 1000\nLat: -23.5614, Long: -46.6558',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/location/:instance */
export function locationRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/location/:instance',
      summary: 'Send a place',
      examples: [example],
      recipients: CHATS,
      body,
      sent: 'Location sent successfully',
      kind: (place) => locationKind(place),
    },
    deps,
  );
}
