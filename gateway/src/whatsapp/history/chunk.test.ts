import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proto } from '../proto.ts';
import { openHistoryEntry } from '../wire.ts';
import { type HistoryStep, historySteps } from './chunk.ts';
import { fieldsOf } from './fields.ts';

const chunks = fc.record({
  conversations: fc.array(
    fc.record({ user: fc.integer({ min: 1, max: 99 }), texts: fc.array(fc.string(), { maxLength: 5 }) }),
    { maxLength: 5 },
  ),
  names: fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 5 }),
  pairs: fc.integer({ min: 0, max: 4 }),
});

interface Chunk {
  conversations: { user: number; texts: string[] }[];
  names: string[];
  pairs: number;
}

/** A chunk with something in it that is none of ours, and the steps that it is made of. */
function made({ conversations, names, pairs }: Chunk) {
  const jid = (user: number) => `55${user}@s.whatsapp.net`;
  const bytes = proto.HistorySync.encode({
    syncType: 2,
    progress: 70,
    threadIdUserSecret: new Uint8Array(40),
    conversations: conversations.map(({ user, texts }) => ({
      id: jid(user),
      unreadCount: 3,
      messages: texts.map((text, i) => ({
        message: { key: { id: `A${i}` }, participant: jid(9), message: { conversation: text } },
        msgOrderId: i,
      })),
    })),
    pushnames: names.map((pushname, i) => ({ id: jid(i), pushname })),
    phoneNumberToLidMappings: Array.from({ length: pairs }, (_, i) => ({
      pnJid: jid(i),
      lidJid: `${i}@lid`,
    })),
  } as proto.IHistorySync as never).finish();
  const expected = [
    ...conversations.flatMap(({ user, texts }) => [
      `conversation ${jid(user)} 3`,
      ...texts.map((text, i) => `message A${i} by ${jid(9)}: ${text}`),
      `end ${jid(user)}`,
    ]),
    ...names.map((name, i) => `name ${jid(i)} ${name}`),
    ...Array.from({ length: pairs }, (_, i) => `pair ${jid(i)} ${i}@lid`),
  ];
  return { bytes, expected };
}

function described(step: HistoryStep): string {
  switch (step.kind) {
    case 'conversation':
      return `conversation ${step.conversation.id} ${step.conversation.unread}`;
    case 'conversation end':
      return `end ${step.conversation.id}`;
    case 'message': {
      const { key, message } = openHistoryEntry(step.message);
      return `message ${key.id} by ${key.participant}: ${message?.conversation}`;
    }
    case 'name':
      return `name ${step.jid} ${step.name}`;
    case 'pair':
      return `pair ${step.jid} ${step.lid}`;
  }
}

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function stepsOf(bytes: Uint8Array, size: number, done = 0): Promise<HistoryStep[]> {
  const steps: HistoryStep[] = [];
  for await (const step of historySteps(cut(bytes, size), { done, newest: false })) steps.push(step);
  return steps;
}

describe('a chunk of history', () => {
  test('has the same steps however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 200 }), async (chunk, size) => {
        const { bytes, expected } = made(chunk);
        expect((await stepsOf(bytes, size)).map(described)).toEqual(expected);
      }),
    );
  });

  test('goes on behind any part', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(), async (chunk, where) => {
        const { bytes } = made(chunk);
        const all = await stepsOf(bytes, 100);
        const done = where % ((all.at(-1)?.part ?? 0) + 1);
        const rest = await stepsOf(bytes, 100, done);
        expect(rest.map(described)).toEqual(all.filter(({ part }) => part > done).map(described));
      }),
    );
  });

  test('that is cut off, or is none, is refused', async () => {
    const { bytes } = made({ conversations: [{ user: 1, texts: ['Hi'] }], names: ['x'], pairs: 0 });
    await expect(stepsOf(bytes.subarray(0, -1), 10)).rejects.toMatchObject({ name: 'Malformed' });
    await expect(stepsOf(Buffer.from('this is no history'), 5)).rejects.toMatchObject({ name: 'Malformed' });
    expect(() => [...fieldsOf(Buffer.of(0x0a, 0x05, 0x01))]).toThrow('cut off');
  });

  test('loses only what makes no sense in itself', async () => {
    const good = made({ conversations: [{ user: 1, texts: ['Hi'] }], names: [], pairs: 0 });
    const nonsense = Buffer.concat([Buffer.of(0x12, 3), Buffer.from([0x0a, 0xff, 0x01])]);
    const bytes = Buffer.concat([nonsense, good.bytes]);
    expect((await stepsOf(bytes, 7)).map(described)).toEqual(good.expected);
  });

  test('costs no more memory for a field that no machine could hold', async () => {
    const MB = 1024 * 1024;
    const head = Buffer.of(0x4a, 0x80, 0x80, 0x80, 0x28); // threadIdUserSecret of 80 MB
    async function* source() {
      yield head;
      for (let i = 0; i < 80; i++) yield new Uint8Array(MB);
      yield made({ conversations: [], names: ['Ana'], pairs: 0 }).bytes;
    }
    const steps: string[] = [];
    for await (const step of historySteps(source(), { done: 0, newest: false })) steps.push(described(step));
    expect(steps).toEqual(['name 550@s.whatsapp.net Ana']);
  });
});
