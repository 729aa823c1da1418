import type { SentKind } from './table.ts';

const message = 'Carousel sent successfully';
const many = Array.from({ length: 10 }, (_, index) => ({
  header: { title: `Card ${index}` },
  body: { text: 'x' },
}));

export const carousel: SentKind = {
  path: '/api/message/carousel/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'cards with buttons',
      body: {
        message: 'Our offers',
        footer: 'Blue Store',
        cards: [
          {
            header: { title: 'Sneakers', subtitle: 'New' },
            body: { text: 'From 199.90' },
            footer: 'While stocks last',
            buttons: [
              { id: 'sneakers', displayText: 'I want them' },
              { id: 'https://example.com', displayText: 'See more', type: 'URL' },
            ],
          },
          { header: { title: 'Backpacks', subtitle: '' }, body: { text: 'From 99.90' }, buttons: null },
        ],
      },
      message,
      data: { messageType: 'interactive', content: 'Our offers - Carousel with 2 card(s)' },
      shows: {
        kind: 'interactive',
        text: 'Our offers',
        interactive: {
          body: 'Our offers',
          footer: 'Blue Store',
          cards: [
            {
              title: 'Sneakers',
              subtitle: 'New',
              body: 'From 199.90',
              footer: 'While stocks last',
              buttons: [
                { flow: 'quick_reply', params: { display_text: 'I want them', id: 'sneakers' } },
                { flow: 'cta_url', params: { url: 'https://example.com' } },
              ],
            },
            { title: 'Backpacks', body: 'From 99.90', buttons: [] },
          ],
        },
      },
    },
    {
      name: 'ten cards without a text above',
      body: { cards: many },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Carousel with 10 card(s)' },
      shows: { interactive: { body: '', cards: many.map(({ header }) => header) } },
    },
  ],
};
