import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/location/:instance';
const good = { number: '5511999999999', latitude: -23.5614, longitude: -46.6558 };
const MISSING = 'Latitude and longitude are required';

describe('POST /api/message/location/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, number: '' }, 'Number is required'],
    [{ ...good, number: 'status@broadcast' }, 'Unsupported recipient: status@broadcast'],
    [{ number: good.number }, MISSING],
    [{ ...good, latitude: null }, MISSING],
    [{ ...good, longitude: undefined }, MISSING],
    [{ ...good, latitude: 0, longitude: 0 }, MISSING],
    [{ ...good, latitude: -0, longitude: 0 }, MISSING],
    [{ ...good, latitude: 90.01 }, 'Latitude must be between -90 and 90'],
    [{ ...good, longitude: -180.5 }, 'Longitude must be between -180 and 180'],
    [{ ...good, latitude: '-23.5' }, 'Invalid request body: latitude must be a number'],
    [{ ...good, longitude: [] }, 'Invalid request body: longitude must be a number'],
    [{ ...good, name: 7 }, 'Invalid request body: name must be a string'],
    [{ ...good, name: 'x'.repeat(1_025) }, 'Name must be at most 1024 characters'],
    [{ ...good, address: 'x'.repeat(1_025) }, 'Address must be at most 1024 characters'],
    [
      `{"number":"5511999999999","latitude":1e999,"longitude":1}`,
      'Invalid request body: latitude must be a number',
    ],
  ]);

  acceptsBodies(PATH, [
    ['a point on the equator', { ...good, latitude: 0 }],
    ['the last point of the map', { ...good, latitude: -90, longitude: 180 }],
  ]);
});
