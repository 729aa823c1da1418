import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Location sent successfully';
const paulista = { latitude: -23.5614, longitude: -46.6558 };

export const location: SentKind = {
  path: '/api/message/location/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'coordinates alone',
      body: paulista,
      message,
      data: { messageType: 'location', content: '📍\nLat: -23.5614, Long: -46.6558' },
      shows: { kind: 'location', location: paulista },
    },
    {
      name: 'a named place with an address',
      body: { ...paulista, name: 'Blue Store', address: 'Av. Paulista, 1000' },
      message,
      data: {
        messageType: 'location',
        content: '📍 Blue Store\nAv. Paulista, 1000\nLat: -23.5614, Long: -46.6558',
      },
      shows: {
        kind: 'location',
        location: { ...paulista, name: 'Blue Store', address: 'Av. Paulista, 1000' },
      },
    },
    {
      name: 'an address without a name, on the equator',
      body: { latitude: 0, longitude: 180, name: ' ', address: 'Nowhere' },
      to: 'person',
      message,
      data: { messageType: 'location', content: '📍 Nowhere\nLat: 0, Long: 180' },
      shows: { kind: 'location', location: { latitude: 0, longitude: 180, address: 'Nowhere' } },
    },
    {
      name: 'a hostile name',
      body: { ...paulista, name: HOSTILE, address: '\0' },
      to: 'person',
      message,
      data: { messageType: 'location', content: `📍 ${HARMLESS}\nLat: -23.5614, Long: -46.6558` },
      shows: { kind: 'location', location: { ...paulista, name: HARMLESS } },
    },
  ],
};
