import type { BinaryNode, WAMessage } from 'baileys';
import { expect, test } from 'vitest';
import { intakeOf } from './testing/intake.ts';

const message = (id: string): BinaryNode => ({ tag: 'message', attrs: { id, from: 'x@s.whatsapp.net' } });

const whole = (id: string): WAMessage => ({ key: { id, remoteJid: 'x@s.whatsapp.net' } });

test('a stanza that cannot be handled stays in the journal, and the ones behind it go on', async () => {
  const stored: string[] = [];
  const read = (id: string) => {
    if (id === 'A') throw new Error('no such thing');
    return whole(id);
  };
  const { ws, failures, pending } = await intakeOf(read, async (id) => void stored.push(id));
  ws.emit('CB:message', message('A'));
  ws.emit('CB:message', message('B'));
  await expect.poll(() => stored).toEqual(['B']);
  expect(failures).toEqual(['Error: no such thing']);
  await expect.poll(pending).toEqual(['A']);
});

test('a message that a healthy database refuses keeps its journal row, and the ones behind it are stored', async () => {
  const stored: string[] = [];
  const store = async (id: string) => {
    if (id === 'A') throw new Error('no such column');
    stored.push(id);
  };
  const { ws, clock, pending } = await intakeOf(whole, store);
  ws.emit('CB:message', message('A'));
  ws.emit('CB:message', message('B'));
  await expect
    .poll(() => {
      clock.advance(15_000);
      return stored;
    })
    .toEqual(['B']);
  await expect.poll(pending).toEqual(['A']);
});

test('a stanza with the place 0 is live, and one with another place waited', async () => {
  const { ws, engine } = await intakeOf(whole, async () => {});
  const place = (offline: string): BinaryNode => ({ tag: 'notification', attrs: { id: offline, offline } });
  ws.emit('CB:notification', place('0'));
  ws.emit('CB:notification', place('3'));
  expect(engine.map(({ attrs }) => attrs)).toEqual([{ id: '0' }, { id: '3', offline: '3' }]);
});
