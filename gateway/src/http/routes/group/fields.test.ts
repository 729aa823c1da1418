import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { offlineGateway } from '../../testing/offline.ts';

const [sqlite] = databases;
const NOT_CONNECTED = 'Instance is not connected to WhatsApp';
const GROUP = '120363406289005073@g.us';

let ask: (method: string, path: string, wanted: unknown) => Promise<[number, string]>;
beforeAll(async () => {
  const { baseUrl, accounts } = await offlineGateway(await sqlite!.open());
  const { token } = await accounts.create({ name: 'Acme', rateLimitPerMinute: 100_000 });
  const headers = { token, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'sales' });
  await fetch(`${baseUrl}/api/instance/new`, { method: 'POST', headers, body });
  ask = async (method, path, wanted) => {
    const inQuery = method === 'GET' || method === 'DELETE';
    const query = inQuery ? `?${new URLSearchParams(wanted as Record<string, string>)}` : '';
    const init = inQuery ? { headers: { token } } : { headers, body: JSON.stringify(wanted) };
    const response = await fetch(`${baseUrl}${path}/sales${query}`, { method, ...init });
    const { error } = (await response.json()) as { error: { message: string } };
    return [response.status, error.message];
  };
});

const many = (count: number) => Array.from({ length: count }, () => '5511999999999');
const group = { name: 'Dev Team', participants: ['5511999999999'] };
const named = { identifier: GROUP };

/** What is wrong with a request is answered before the connection is checked. */
const ROWS: [string, unknown, string][] = [
  ['POST /api/group/create', { ...group, name: '' }, 'Name is required'],
  ['POST /api/group/create', { participants: many(1) }, 'Name is required'],
  [
    'POST /api/group/create',
    { ...group, name: 'x'.repeat(101) },
    'name must be between 1 and 100 characters',
  ],
  ['POST /api/group/create', { name: 'x' }, 'Participants is required'],
  ['POST /api/group/create', { name: 'x', participants: [] }, 'Participants is required'],
  [
    'POST /api/group/create',
    { name: 'x', participants: many(1_024) },
    'participants must have between 1 and 1023 items',
  ],
  [
    'POST /api/group/create',
    { name: 'x', participants: '55' },
    'Invalid request body: participants must be an array',
  ],
  [
    'POST /api/group/create',
    { ...group, description: 'x'.repeat(2_049) },
    'description must be at most 2048 characters',
  ],
  [
    'POST /api/group/create',
    { ...group, communityJid: '5511999999999@s.whatsapp.net' },
    'invalid community JID: it must be <digits>@g.us',
  ],
  [
    'POST /api/group/create',
    { ...group, groupSettings: { membersCanEditInfo: 'yes' } },
    'Invalid request body: groupSettings.membersCanEditInfo must be a boolean',
  ],
  ['GET /api/group/list', { includeMembers: 'yes' }, 'includeMembers must be true or false'],
  ['GET /api/group/info', {}, 'Identifier is required'],
  ['GET /api/group/info', { identifier: ' ' }, 'Identifier is required'],
  ['GET /api/group/info', { identifier: 'a b' }, 'Invalid invite link or code'],
  ['GET /api/group/info', { identifier: '5511999999999@s.whatsapp.net' }, 'Invalid invite link or code'],
  ['GET /api/group/info', { identifier: 'https://example.com/ABC123XYZ' }, 'Invalid invite link or code'],
  ['GET /api/group/info', { ...named, participants: '1' }, 'participants must be true or false'],
  ['PUT /api/group/update', { name: 'x' }, 'Identifier is required'],
  ['PUT /api/group/update', { identifier: 'short', name: 'x' }, 'Invalid invite link or code'],
  ['PUT /api/group/update', named, 'At least one field must be provided'],
  [
    'PUT /api/group/update',
    { ...named, groupSettings: {}, removeImage: false },
    'At least one field must be provided',
  ],
  ['PUT /api/group/update', { ...named, name: '' }, 'name must be between 1 and 100 characters'],
  ['PUT /api/group/update', { ...named, name: 'x'.repeat(101) }, 'name must be between 1 and 100 characters'],
  [
    'PUT /api/group/update',
    { ...named, description: 'x'.repeat(2_049) },
    'description must be at most 2048 characters',
  ],
  ['POST /api/group/participants', {}, 'Action is required'],
  ['POST /api/group/participants', { action: 'Add' }, 'Invalid action: Add'],
  ['POST /api/group/participants', { action: 'add' }, 'Identifier is required'],
  ['POST /api/group/participants', { action: 'add', identifier: 'x y' }, 'Invalid invite link or code'],
  ['POST /api/group/participants', { action: 'add', ...named }, 'Participants is required'],
  [
    'POST /api/group/participants',
    { action: 'add', ...named, participants: many(1_024) },
    'participants must have between 1 and 1023 items',
  ],
  ['POST /api/group/join', {}, 'Identifier is required'],
  ['POST /api/group/join', { identifier: GROUP }, 'Invalid invite link or code'],
  ['POST /api/group/join', { identifier: 'abc' }, 'Invalid invite link or code'],
  ['POST /api/group/resetLink', {}, 'Identifier is required'],
  ['POST /api/group/resetLink', { identifier: '§' }, 'Invalid invite link or code'],
  ['GET /api/group/requests', {}, 'Identifier is required'],
  ['DELETE /api/group/leave', {}, 'Identifier is required'],
];

describe.each([...new Set(ROWS.map(([route]) => route))])('%s/:instance', (route) => {
  const [method = '', path = ''] = route.split(' ');

  test.each(ROWS.filter(([of]) => of === route))('%s %j is 400 %s', async (_, wanted, message) => {
    expect(await ask(method, path, wanted)).toEqual([400, message]);
  });
});

test.each<[string, string, object]>([
  ['POST', '/api/group/create', { ...group, description: null, image: '', groupSettings: null, other: 1 }],
  ['PUT', '/api/group/update', { ...named, description: '' }],
  ['PUT', '/api/group/update', { identifier: '5511999999999-1234567890', removeImage: true }],
  [
    'GET',
    '/api/group/info',
    { identifier: 'chat.whatsapp.com/invite/ABC123XYZ?mode=ac_t', participants: '' },
  ],
  ['GET', '/api/group/info', { identifier: ' 120363406289005073 ' }],
  ['DELETE', '/api/group/leave', { identifier: 'https://chat.whatsapp.com/ABC123XYZ' }],
])('%s %s takes %j, up to the connection', async (method, path, wanted) => {
  expect(await ask(method, path, wanted)).toEqual([503, NOT_CONNECTED]);
});
