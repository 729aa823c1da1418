import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/event/:instance';
const good = { number: '120363406289005073@g.us', name: 'Planning', startAt: '2026-04-28T14:00:00-03:00' };
const RFC = 'must be an RFC 3339 date-time with time zone';
const place = (location: object) => ({ ...good, location });

describe('POST /api/message/event/:instance', () => {
  refusesBodies(PATH, good, [
    [
      { ...good, number: '120363422585881117@newsletter' },
      'Unsupported recipient: 120363422585881117@newsletter',
    ],
    [{ ...good, name: undefined }, 'Name is required'],
    [{ ...good, startAt: undefined }, 'StartAt is required'],
    [{ ...good, startAt: ' ' }, 'StartAt is required'],
    [{ ...good, startAt: 1_777_395_600 }, 'Invalid request body: startAt must be a string'],
    ...['tomorrow', '2026-04-28', '2026-04-28T14:00:00', '2026-02-30T14:00:00Z', '2026-04-28T25:00:00Z'].map(
      (startAt): [object, string] => [{ ...good, startAt }, `StartAt ${RFC}`],
    ),
    [{ ...good, endAt: '15:00' }, `EndAt ${RFC}`],
    [{ ...good, endAt: good.startAt }, 'EndAt must be after startAt'],
    [{ ...good, endAt: '2026-04-28T16:59:59Z' }, 'EndAt must be after startAt'],
    [{ ...good, description: 'x'.repeat(65_537) }, 'Description must be at most 65536 characters'],
    [{ ...good, location: 'Here' }, 'Invalid request body: location must be an object'],
    [place({ latitude: 1 }), 'location needs both latitude and longitude'],
    [place({ longitude: 1, latitude: null }), 'location needs both latitude and longitude'],
    [place({ latitude: 91, longitude: 1 }), 'location.latitude must be between -90 and 90'],
    [place({ latitude: 1, longitude: 181 }), 'location.longitude must be between -180 and 180'],
    [place({ latitude: '1', longitude: 1 }), 'Invalid request body: location.latitude must be a number'],
    [{ ...good, joinLink: 'meet.example.com' }, 'JoinLink must be an http(s) URL'],
    [{ ...good, joinLink: 'ftp://example.com' }, 'JoinLink must be an http(s) URL'],
    [{ ...good, reminderOffsetSec: -1 }, 'ReminderOffsetSec must be between 0 and 2592000'],
    [{ ...good, reminderOffsetSec: 2_592_001 }, 'ReminderOffsetSec must be between 0 and 2592000'],
    [{ ...good, hasReminder: 1 }, 'Invalid request body: hasReminder must be a boolean'],
  ]);

  acceptsBodies(PATH, [
    ['a leap day', { ...good, startAt: '2028-02-29T00:00:00Z' }],
    ['an end a second later, in another zone', { ...good, endAt: '2026-04-28T17:00:01Z' }],
    ['a place by name', place({ name: 'Blue Store' })],
    ['null in place of what is optional', { ...good, location: null, endAt: null, hasReminder: null }],
  ]);
});
