import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Event sent successfully';
const startAt = '2026-04-28T14:00:00-03:00';
const startsAt = Date.UTC(2026, 3, 28, 17) / 1000;
const data = { messageType: 'event', content: 'Planning meeting' };
const plain = { isCall: false, extraGuests: false, canceled: false };

export const event: SentKind = {
  path: '/api/message/event/:instance',
  replies: 'both',
  posts: false,
  cases: [
    {
      name: 'name and start',
      body: { name: 'Planning meeting', startAt },
      message,
      data,
      shows: {
        kind: 'event',
        text: 'Planning meeting',
        event: { ...plain, name: 'Planning meeting', startsAt },
      },
    },
    {
      name: 'everything',
      body: {
        name: 'Planning meeting',
        startAt,
        endAt: '2026-04-28T18:30:00.500Z',
        description: 'Goals of the quarter',
        location: { name: 'Blue Store', address: 'Av. Paulista', latitude: -23.5, longitude: -46.6 },
        joinLink: 'https://example.com/meeting',
        isScheduleCall: true,
        hasReminder: true,
        extraGuestsAllowed: true,
        isCanceled: true,
      },
      message,
      data,
      shows: {
        kind: 'event',
        event: {
          name: 'Planning meeting',
          startsAt,
          endsAt: startsAt + 90 * 60,
          description: 'Goals of the quarter',
          location: { name: 'Blue Store', address: 'Av. Paulista', latitude: -23.5, longitude: -46.6 },
          joinLink: 'https://example.com/meeting',
          isCall: true,
          reminder: 900,
          extraGuests: true,
          canceled: true,
        },
      },
    },
    {
      name: 'a reminder at the start, a place without coordinates, the past',
      body: {
        name: HOSTILE,
        startAt: '1999-12-31T23:59:59Z',
        reminderOffsetSec: 0,
        location: { name: 'Blue Store' },
      },
      to: 'person',
      message,
      data: { messageType: 'event', content: HARMLESS },
      shows: {
        event: {
          name: HARMLESS,
          startsAt: Date.UTC(1999, 11, 31, 23, 59, 59) / 1000,
          reminder: 0,
          location: { name: 'Blue Store' },
        },
      },
    },
    {
      name: 'a reminder that is taken back',
      body: { name: 'Planning meeting', startAt, hasReminder: false, reminderOffsetSec: 60 },
      to: 'person',
      message,
      data,
      shows: { event: { name: 'Planning meeting' } },
    },
  ],
};
