import type { RouteExample } from '../../route.ts';
import { sentExample } from './example.ts';

export const carouselExample: RouteExample = {
  body: {
    number: '5511999999999',
    message: 'Our offers',
    footer: 'Blue Store',
    cards: [
      {
        header: { title: 'Sneakers', subtitle: 'New' },
        body: { text: 'From 199.90' },
        footer: 'While stocks last',
        buttons: [
          { id: 'sneakers', displayText: 'I want them' },
          { id: 'https://example.com/sneakers', displayText: 'See more', type: 'URL' },
        ],
      },
      {
        header: { title: 'Backpacks' },
        body: { text: 'From 99.90' },
        buttons: [{ id: 'BACK10', displayText: 'Copy the code', type: 'COPY' }],
      },
    ],
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Carousel sent successfully', {
    messageId: '3EB08FCF27E532F1B0FC',
    messageType: 'interactive',
    content: 'Our offers - Carousel with 2 card(s)',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};
