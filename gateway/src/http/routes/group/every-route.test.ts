import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { type GroupWorld, groupPeople, type Member, NO_GROUP, PATHS, refused } from './testing/groups.ts';

const { CREATE, LIST, INFO, UPDATE, PARTICIPANTS, JOIN, RESET, REQUESTS, LEAVE } = PATHS;

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
beforeAll(async () => {
  ({ world, joao } = await groupPeople(whatsApp, await sqlite!.open()));
});

describe('every group route', () => {
  const calls: [string, string, object][] = [
    ['POST', CREATE, { name: 'x', participants: ['5511999999999'] }],
    ['GET', LIST, {}],
    ['GET', INFO, { identifier: '120363000000000007@g.us' }],
    ['PUT', UPDATE, { identifier: '120363000000000007@g.us', name: 'x' }],
    ['POST', PARTICIPANTS, { action: 'add', identifier: '120363000000000007@g.us', participants: ['1'] }],
    ['POST', JOIN, { identifier: 'ABC123XYZ' }],
    ['POST', RESET, { identifier: '120363000000000007@g.us' }],
    ['GET', REQUESTS, { identifier: '120363000000000007@g.us' }],
    ['DELETE', LEAVE, { identifier: '120363000000000007@g.us' }],
  ];

  test.each(calls)('%s %s needs a connection', async (method, path, wanted) => {
    expect(await world.askUnlinked(method, path, wanted)).toMatchObject(
      refused(503, 'Instance is not connected to WhatsApp'),
    );
  });

  const about = calls.filter(
    ([, , wanted]) => 'identifier' in wanted && !('name' in wanted && !wanted.identifier),
  );
  test.each(about.filter(([, path]) => path !== JOIN))(
    '%s %s does not know a group of others',
    async (method, path, wanted) => {
      expect(await world.ask(method, path, wanted)).toMatchObject(refused(404, NO_GROUP));
    },
  );

  test.each(about)('%s %s takes no code that is not one', async (method, path, wanted) => {
    const asked = { ...wanted, identifier: 'unknowncode' };
    expect(await world.ask(method, path, asked)).toMatchObject(refused(400, 'Invalid invite link or code'));
  });

  test.each(calls.filter(([, path]) => path !== LIST))(
    '%s %s says when WhatsApp throttles',
    async (method, path, wanted) => {
      await world.own.phone.fault('query-error', { query: 'w:g2', code: 429 });
      const valid = path === CREATE ? { ...wanted, participants: [joao.number] } : wanted;
      const answer = await world.ask(method, path, valid);
      await world.clearFaults();
      expect(answer).toMatchObject(refused(429, 'WhatsApp rate limit reached. Try again later.'));
      expect(answer.retryAfter).toBe('60');
    },
  );
});
