import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/carousel/:instance';
const card = { header: { title: 'Sneakers' }, body: { text: 'From 199.90' } };
const good = { number: '5511999999999', cards: [card] };
const withCard = (fields: object) => ({ ...good, cards: [card, { ...card, ...fields }] });
const withButton = (fields: object) => withCard({ buttons: [{ id: 'a', displayText: 'A', ...fields }] });
const COUNT = 'Cards must contain between 1 and 10 items';

describe('POST /api/message/carousel/:instance', () => {
  refusesBodies(PATH, good, [
    [{ number: good.number }, COUNT],
    [{ ...good, cards: [] }, COUNT],
    [{ ...good, cards: Array(11).fill(card) }, COUNT],
    [{ ...good, cards: card }, 'Invalid request body: cards must be an array'],
    [{ ...good, cards: [null] }, 'cards[0] is required'],
    [withCard({ header: undefined }), 'cards[1].header is required'],
    [withCard({ header: 'Sneakers' }), 'Invalid request body: cards[1].header must be an object'],
    [withCard({ header: {} }), 'cards[1].header.title is required'],
    [
      withCard({ header: { title: 'x'.repeat(1_025) } }),
      'cards[1].header.title must be at most 1024 characters',
    ],
    [
      withCard({ header: { title: 'x', imageUrl: 'https://x', videoUrl: 'https://x' } }),
      'cards[1].header accepts imageUrl or videoUrl, not both',
    ],
    [
      withCard({ header: { title: 'x', imageUrl: 'file:///etc/passwd' } }),
      'cards[1].header.imageUrl must be an http(s) URL or base64 data',
    ],
    [
      withCard({ header: { title: 'x', videoUrl: [] } }),
      'Invalid request body: cards[1].header.videoUrl must be a string',
    ],
    [withCard({ body: undefined }), 'cards[1].body.text is required'],
    [withCard({ body: { text: '\n' } }), 'cards[1].body.text is required'],
    [withCard({ body: 'x' }), 'Invalid request body: cards[1].body must be an object'],
    [withCard({ body: { text: 'x'.repeat(65_537) } }), 'cards[1].body.text must be at most 65536 characters'],
    [withCard({ footer: 1 }), 'Invalid request body: cards[1].footer must be a string'],
    [
      withCard({ buttons: Array(4).fill({ id: 'a', displayText: 'A' }) }),
      'cards[1].buttons must contain at most 3 items',
    ],
    [withButton({ id: null }), 'cards[1].buttons[0].id is required'],
    [withButton({ displayText: null }), 'cards[1].buttons[0].displayText is required'],
    [withButton({ type: 'OPEN' }), 'cards[1].buttons[0].type must be one of: REPLY, URL, CALL, COPY'],
    [withButton({ type: 'URL' }), 'cards[1].buttons[0].id must be an http(s) URL'],
    [withButton({ type: 'CALL' }), 'cards[1].buttons[0].id must be a phone number'],
    [{ ...good, message: 5 }, 'Invalid request body: message must be a string'],
    [{ ...good, footer: 'x'.repeat(1_025) }, 'Footer must be at most 1024 characters'],
  ]);

  acceptsBodies(PATH, [['ten cards', { ...good, cards: Array(10).fill(card) }]]);
});
