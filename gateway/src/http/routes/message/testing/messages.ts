import { beforeAll, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../../../../storage/testing/databases.ts';
import { offlineGateway } from '../../../testing/offline.ts';

const [{ open }] = databases as [TestDatabase];
const NOT_CONNECTED = 'Instance is not connected to WhatsApp';

/** What a request is answered: its status, and the text of the error. */
export type Refusal = [status: number, text: string];

export interface UnlinkedSender {
  post(path: string, body: unknown, token?: string): Promise<Response>;
  /** Sends to a sending route of the instance. */
  refusal(path: string, body: unknown): Promise<Refusal>;
  accountToken: string;
  strangerToken: string;
}

/** An instance that is not connected, shared by the tests of a file: what is answered otherwise was checked before that. */
export function unlinkedSender(): () => UnlinkedSender {
  let sender: UnlinkedSender | undefined;
  beforeAll(async () => {
    const { accounts, baseUrl } = await offlineGateway(await open());
    const account = (name: string) => accounts.create({ name, rateLimitPerMinute: 1_000_000 });
    const [owner, stranger] = [await account('owner'), await account('stranger')];
    const post = (path: string, body: unknown, token: string) =>
      fetch(baseUrl + path.replace(':instance', 'sales'), {
        method: 'POST',
        headers: { token, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const created = await post('/api/instance/new', { name: 'sales' }, owner.token);
    const { data } = (await created.json()) as { data: { token: string } };
    sender = {
      post: (path, body, token = data.token) => post(path, body, token),
      async refusal(path, body) {
        const response = await post(path, body, data.token);
        return [response.status, ((await response.json()) as { error: { message: string } }).error.message];
      },
      accountToken: owner.token,
      strangerToken: stranger.token,
    };
  });
  return () => {
    if (!sender) throw new Error('the gateway is not there yet');
    return sender;
  };
}

/** Each of these bodies is refused with the text beside it; and the good one is not. */
export function refusesBodies(path: string, good: object, rows: [body: unknown, text: string][]): void {
  const sender = unlinkedSender();

  test('the good body passes, up to the connection', async () => {
    expect(await sender().refusal(path, good)).toEqual([503, NOT_CONNECTED]);
  });

  test.each(rows)('%j is 400 %s', async (body, text) => {
    expect(await sender().refusal(path, body)).toEqual([400, text]);
  });
}

/** Each of these bodies has the same effect as the first. */
export function acceptsBodies(path: string, rows: [what: string, body: unknown][]): void {
  const sender = unlinkedSender();
  test.each(rows)('%s passes, up to the connection', async (_, body) => {
    expect(await sender().refusal(path, body)).toEqual([503, NOT_CONNECTED]);
  });
}
