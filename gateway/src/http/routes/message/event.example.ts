import type { RouteExample } from '../../route.ts';
import { DEV_TEAM, sentExample } from './example.ts';

export const eventExample: RouteExample = {
  body: {
    number: DEV_TEAM.jid,
    name: 'Planning meeting',
    startAt: '2026-04-28T14:00:00-03:00',
    endAt: '2026-04-28T15:00:00-03:00',
    description: 'Goals of the quarter',
    location: { name: 'Blue Store', address: 'Av. Paulista, 1000' },
    joinLink: 'https://example.com/meeting',
    reminderOffsetSec: 900,
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Event sent successfully', {
    messageId: '3EB08FCF27E532F1B102',
    messageType: 'event',
    content: 'Planning meeting',
    chat: DEV_TEAM,
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};
