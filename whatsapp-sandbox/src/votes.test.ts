import { expect, test } from 'vitest';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';

test.each(['lid', 'pn'])('a phone shows what was voted in its poll, by %s', async (addressing) => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const poll = { question: 'north or south?', options: ['north', 'south'] };
  const { id: target } = await sandbox.post(`/phones/${ANNA}/send`, { to: BERT, poll });
  await sandbox.inbox(BERT);
  const vote = { action: 'vote', id: target, options: ['south'], addressing };
  const { id } = await sandbox.post(`/phones/${BERT}/act`, vote);
  expect(await sandbox.inbox(ANNA)).toMatchObject([{ id, kind: 'vote', target, text: 'south' }]);
});
