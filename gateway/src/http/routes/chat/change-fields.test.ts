import { describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { mailboxBench } from './testing/mailbox.ts';

const [sqlite] = databases;
const NUMBER = '5511999999999';
const ID = '3EB08FCF27E532F1B0F5';
const GROUP = '120363406289005073@g.us';
const NOT_CONNECTED = 'Instance is not connected to WhatsApp';
const long = (what: string) => `Invalid request body: ${what}`;
const SHORT = 'Invalid request body';

type Row = [sent: unknown, status: number, message: string];

/** What every route with a `number` in its body says of it. */
const numberRows = (rest: object, invalid: (what: string) => string): Row[] => [
  ['{', 400, invalid('malformed JSON')],
  [[], 400, invalid('expected a JSON object')],
  [rest, 400, 'Number is required'],
  [{ ...rest, number: null }, 400, 'Number is required'],
  [{ ...rest, number: '  ' }, 400, 'Number is required'],
  [{ ...rest, number: 5 }, 400, invalid('number must be a string')],
  [{ ...rest, number: '123' }, 400, 'Invalid number: 123'],
  [{ ...rest, number: 'x@y' }, 400, 'Invalid number: x@y'],
  [{ ...rest, number: '1234567890123456' }, 400, 'Invalid number: 1234567890123456'],
  [{ ...rest, number: ' +55 (11) 99999-9999 ' }, 503, NOT_CONNECTED],
  [{ ...rest, number: '5511999999999:57@s.whatsapp.net' }, 503, NOT_CONNECTED],
  [{ ...rest, number: '199789077627112@lid' }, 503, NOT_CONNECTED],
];
const flagRows = (flag: string, invalid: (what: string) => string): Row[] => [
  [{ number: NUMBER, [flag]: 'yes' }, 400, invalid(`${flag} must be a boolean`)],
  [{ number: NUMBER, [flag]: null }, 503, NOT_CONNECTED],
];
const short = () => SHORT;

const posts: Record<string, Row[]> = {
  tag: [
    ['{', 400, long('malformed JSON')],
    [{}, 400, 'Tag name is required'],
    [{ name: ' \n' }, 400, 'Tag name is required'],
    [{ name: 7 }, 400, long('name must be a string')],
    [{ name: 'x'.repeat(101) }, 400, 'name must be at most 100 characters'],
    [{ name: '😀'.repeat(100) }, 503, NOT_CONNECTED],
    [{ name: 'VIP', color: '5' }, 400, long('color must be an integer')],
    [{ name: 'VIP', color: 1.5 }, 400, long('color must be an integer')],
    [{ name: 'VIP', color: 11 }, 503, NOT_CONNECTED],
  ],
  assignTag: [
    ...numberRows({ tagId: '2' }, long),
    [{ number: NUMBER }, 400, 'tagId is required'],
    [{ number: NUMBER, tagId: '' }, 400, 'tagId is required'],
    [{ number: NUMBER, tagId: 2 }, 503, NOT_CONNECTED],
    [{ number: NUMBER, tagId: true }, 400, long('tagId must be a string')],
  ],
  archive: [...numberRows({}, long), ...flagRows('archive', long), [{ number: GROUP }, 503, NOT_CONNECTED]],
  markRead: [
    ...numberRows({ messageId: ID }, long),
    [{ number: NUMBER }, 400, 'messageId is required'],
    [{ messageId: ID, number: GROUP }, 400, 'sender is required for group messages'],
    [{ messageId: ID, number: 'status@broadcast' }, 400, 'sender is required for group messages'],
    [{ messageId: ID, number: GROUP, sender: 'nobody' }, 400, 'Invalid number: nobody'],
    [{ messageId: ID, number: GROUP, sender: NUMBER }, 503, NOT_CONNECTED],
    [{ messageId: ID, number: 'status@broadcast', sender: '199789077627112@lid' }, 503, NOT_CONNECTED],
  ],
  markChatRead: [...numberRows({}, long), ...flagRows('read', long)],
  pin: [...numberRows({}, long), ...flagRows('pin', long)],
  pinChat: [...numberRows({}, long), ...flagRows('pin', long)],
  pinMessage: [
    ['{', 400, long('malformed JSON')],
    [{}, 400, 'messageId is required'],
    [{ messageId: ID, pin: 1 }, 400, long('pin must be a boolean')],
    [{ messageId: ID, pin: true, duration: '2h' }, 400, 'Invalid duration: 2h'],
    [{ messageId: ID, pin: false, duration: '2h' }, 503, NOT_CONNECTED],
    [{ messageId: ID, pin: true, duration: '30 DAYS' }, 503, NOT_CONNECTED],
  ],
  favorite: [
    ['{', 400, long('malformed JSON')],
    [{}, 400, 'Either number or messageId is required'],
    [{ number: '', messageId: ' ' }, 400, 'Either number or messageId is required'],
    [{ number: 'nobody' }, 400, 'Invalid number: nobody'],
    [{ number: 'nobody', messageId: ID }, 503, NOT_CONNECTED],
    [{ number: NUMBER, favorite: 'yes' }, 400, long('favorite must be a boolean')],
  ],
  mute: [
    ...numberRows({}, long),
    ...flagRows('mute', long),
    [{ number: NUMBER, mute: true, duration: '2 days' }, 400, 'Invalid duration: 2 days'],
    [{ number: NUMBER, mute: false, duration: '2 days' }, 503, NOT_CONNECTED],
    [{ number: NUMBER, mute: true, duration: ' 8 HOURS ' }, 503, NOT_CONNECTED],
    [{ number: NUMBER, mute: true, duration: 8 }, 400, long('duration must be a string')],
  ],
  block: [
    ...numberRows({}, short),
    ...flagRows('block', short),
    [{ number: GROUP }, 400, 'Only individual contacts can be blocked'],
    [{ number: '120363422585881117@newsletter' }, 400, 'Only individual contacts can be blocked'],
    [{ number: 'status@broadcast' }, 400, 'Only individual contacts can be blocked'],
  ],
  presence: [
    ...numberRows({ state: 'typing' }, short),
    [
      { number: '120363422585881117@newsletter', state: 'typing' },
      400,
      'Invalid number: 120363422585881117@newsletter',
    ],
    [{ number: NUMBER }, 400, "State is required. Use 'typing', 'recording', or 'pause'"],
    [{ number: NUMBER, state: 'away' }, 400, "Invalid state. Use 'typing', 'recording', or 'pause'"],
    [{ number: NUMBER, state: 'TYPING' }, 503, NOT_CONNECTED],
    [{ number: NUMBER, state: 'typing', duration: -1 }, 400, 'duration must be between 0 and 60'],
    [{ number: NUMBER, state: 'typing', duration: 1.5 }, 400, SHORT],
    [{ number: NUMBER, state: 'typing', duration: 600 }, 503, NOT_CONNECTED],
  ],
  forward: [
    ['{', 400, SHORT],
    [{ to: NUMBER }, 400, 'messageId is required'],
    [{ messageId: ID }, 400, 'to is required'],
    [{ messageId: ID, to: '123' }, 400, 'Invalid number: 123'],
    [{ messageId: ID, to: 'status@broadcast' }, 400, 'Invalid number: status@broadcast'],
    [{ messageId: 1, to: NUMBER }, 400, SHORT],
    [{ messageId: ID, to: GROUP }, 503, NOT_CONNECTED],
  ],
  edit: [
    ['{', 400, SHORT],
    [{ content: 'x' }, 400, 'messageId is required'],
    [{ messageId: ID }, 400, 'content is required'],
    [{ messageId: ID, content: ' \n ' }, 400, 'content is required'],
    [{ messageId: ID, content: 1 }, 400, SHORT],
    [{ messageId: ID, content: ' x ' }, 503, NOT_CONNECTED],
  ],
};

const deletes: Record<string, Row[]> = {
  delete: [
    ['{', 400, SHORT],
    [{}, 400, 'MessageID is required'],
    [{ messageId: 1 }, 400, SHORT],
    [{ messageId: ID, deleteForEveryone: 'true' }, 400, SHORT],
    [{ messageId: ID }, 503, NOT_CONNECTED],
  ],
  deleteChat: [...numberRows({}, short), [{ number: NUMBER, deleteMedia: 'true' }, 400, SHORT]],
};

const queries: Record<string, [query: Record<string, string>, status: number, message: string][]> = {
  tag: [
    [{}, 400, 'tagId query parameter is required'],
    [{ tagId: ' ' }, 400, 'tagId query parameter is required'],
    [{ tagId: '3' }, 503, NOT_CONNECTED],
  ],
  assignTag: [
    [{}, 400, 'number query parameter is required'],
    [{ number: NUMBER }, 400, 'tagId query parameter is required'],
    [{ number: '123', tagId: '2' }, 400, 'Invalid number: 123'],
    [{ number: NUMBER, tagId: '2' }, 503, NOT_CONNECTED],
  ],
  delete: [
    [{}, 400, 'MessageID is required'],
    [{ messageId: ID, deleteForEveryone: 'yes' }, 400, 'deleteForEveryone must be true or false'],
    [{ messageId: ID, deleteForEveryone: '1' }, 503, NOT_CONNECTED],
  ],
  deleteChat: [
    [{}, 400, 'Number is required'],
    [{ number: NUMBER, deleteMedia: 'maybe' }, 400, 'deleteMedia must be true or false'],
    [{ number: NUMBER, deleteMedia: '' }, 503, NOT_CONNECTED],
  ],
};

const answer = (status: number, message: string) => ({
  status,
  body: { success: false, error: { message } },
});

describe.each(Object.entries(posts))('POST /api/chat/%s/:instance', (name, rows) => {
  test('refuses what is wrong in its body, and asks for the connection only then', async () => {
    const { post } = await mailboxBench(await sqlite!.open());
    for (const [body, status, message] of rows) {
      expect(await post(name, body), JSON.stringify(body)).toMatchObject(answer(status, message));
    }
  });

  test('belongs to an instance that exists and is the caller’s', async () => {
    const { call, post, account } = await mailboxBench(await sqlite!.open());
    expect(await post(name, {}, 'wrong')).toMatchObject(answer(401, 'Invalid token'));
    const { token } = await account();
    expect(await post(name, {}, token)).toMatchObject(
      answer(403, 'Instance does not belong to your account'),
    );
    expect(await call('POST', `/api/chat/${name}/nowhere`, { token, body: {} })).toMatchObject(
      answer(404, 'Instance not found'),
    );
    expect(await call('POST', `/api/chat/${name}/%20`, { token, body: {} })).toMatchObject(
      answer(400, 'Instance name is required'),
    );
  });
});

describe.each(Object.entries(deletes))('DELETE /api/chat/%s/:instance', (name, rows) => {
  test('refuses what is wrong in its body, which wins over the query', async () => {
    const { call, instance } = await mailboxBench(await sqlite!.open());
    const path = `/api/chat/${name}/sales?messageId=${ID}&number=${NUMBER}`;
    for (const [body, status, message] of rows) {
      const answered = await call('DELETE', path, { token: instance.token, body });
      expect(answered, JSON.stringify(body)).toMatchObject(answer(status, message));
    }
  });
});

describe.each(Object.entries(queries))('DELETE /api/chat/%s/:instance', (name, rows) => {
  test('reads its fields from the query when there is no body', async () => {
    const { call, instance } = await mailboxBench(await sqlite!.open());
    for (const [query, status, message] of rows) {
      const path = `/api/chat/${name}/sales?${new URLSearchParams(query)}`;
      const answered = await call('DELETE', path, { token: instance.token });
      expect(answered, JSON.stringify(query)).toMatchObject(answer(status, message));
    }
  });
});
