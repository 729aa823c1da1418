import { type BinaryNode, proto, type WAMessage } from 'baileys';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { intakeOf } from './testing/intake.ts';

const STATUS = 'status@broadcast';
const AUTHOR = '300000000000003:1@lid';
const NOW = Math.floor(new TestClock().now() / 1_000);

const status = (id: string, tag = 'status', t = NOW): BinaryNode => ({
  tag,
  attrs: { id, from: STATUS, participant: AUTHOR, type: 'media', t: String(t) },
});
const readable = (id: string): WAMessage => ({ key: { id, remoteJid: STATUS } });
const unreadable = (id: string): WAMessage => ({
  ...readable(id),
  messageStubType: proto.WebMessageInfo.StubType.CIPHERTEXT,
  messageStubParameters: ['Bad MAC'],
});
const ack = (id: string, tag = 'status') => ({
  tag: 'ack',
  attrs: {
    class: tag,
    id,
    to: STATUS,
    participant: AUTHOR,
    type: 'media',
    ...(tag === 'message' && { from: '5511888888888:1@s.whatsapp.net' }),
  },
});

/** An intake of statuses whose ids say what they are: `R…` can be read, `U…` cannot, `D…` was read before. */
async function statuses() {
  const stored: string[] = [];
  const read = (id: string) => (id[0] === 'D' ? null : id[0] === 'U' ? unreadable(id) : readable(id));
  return { stored, ...(await intakeOf(read, async (id) => void stored.push(id))) };
}

describe('a status', () => {
  test('of a person is stored and acknowledged as a status, and the engine does not see it', async () => {
    const { ws, sent, stored, engine, pending } = await statuses();
    ws.emit('CB:status', status('R1'));
    await expect.poll(() => sent).toEqual([ack('R1')]);
    await expect.poll(() => stored).toEqual(['R1']);
    await expect.poll(pending).toEqual([]);
    expect(engine).toEqual([]);
  });

  test('of a channel is acknowledged to the channel', async () => {
    const { ws, sent, stored } = await statuses();
    const from = '120363000000000001@newsletter';
    ws.emit('CB:status', { tag: 'status', attrs: { id: 'R2', from, server_id: '7' } });
    await expect.poll(() => sent).toEqual([{ tag: 'ack', attrs: { class: 'status', id: 'R2', to: from } }]);
    await expect.poll(() => stored).toEqual(['R2']);
  });

  test.each(['status', 'message'])(
    'in a <%s> that cannot be read is asked for once, acknowledged without an error, and holds up nothing',
    async (tag) => {
      const { ws, sent, stored, engine, pending } = await statuses();
      ws.emit(`CB:${tag}`, status('U1', tag));
      ws.emit('CB:message', { tag: 'message', attrs: { id: 'R3', from: 'x@s.whatsapp.net' } });
      ws.emit(`CB:${tag}`, status('U1', tag));
      await expect.poll(() => sent.length).toBe(3);
      expect(sent).toEqual([
        {
          tag: 'receipt',
          attrs: { id: 'U1', type: 'retry', to: STATUS, participant: AUTHOR },
          content: [
            { tag: 'retry', attrs: { count: '1', id: 'U1', t: String(NOW), v: '1', error: '0' } },
            { tag: 'registration', attrs: {}, content: new Uint8Array([0, 0, 0, 7]) },
          ],
        },
        ack('U1', tag),
        ack('U1', tag),
      ]);
      await expect.poll(() => stored).toEqual(['U1', 'R3', 'U1']);
      await expect.poll(pending).toEqual([]);
      expect(engine.map(({ attrs }) => attrs.id)).toEqual(['R3']);
    },
  );

  test('that is a day old is acknowledged, and nobody is asked for it', async () => {
    const { ws, sent } = await statuses();
    ws.emit('CB:status', status('U2', 'status', NOW - 90_000));
    await expect.poll(() => sent).toEqual([ack('U2')]);
  });

  test.each(['status', 'message'])(
    'in a <%s> that was read before is acknowledged without an error, and not stored again',
    async (tag) => {
      const { ws, sent, stored, engine, pending } = await statuses();
      ws.emit(`CB:${tag}`, status('D1', tag));
      await expect.poll(() => sent).toEqual([ack('D1', tag)]);
      await expect.poll(pending).toEqual([]);
      expect([stored, engine]).toEqual([[], []]);
    },
  );

  test('in a <message> that can be read goes to the engine', async () => {
    const { ws, engine, stored } = await statuses();
    ws.emit('CB:message', status('R4', 'message'));
    await expect.poll(() => stored).toEqual(['R4']);
    expect(engine.map(({ attrs }) => attrs.id)).toEqual(['R4']);
  });
});
