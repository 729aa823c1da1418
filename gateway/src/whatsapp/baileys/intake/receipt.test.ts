import type { BinaryNode } from 'baileys';
import { describe, expect, it } from 'vitest';
import { readReceipts } from './receipt.ts';

const self = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' };

const receipt = (attrs: Record<string, string>, content?: BinaryNode[]): BinaryNode => ({
  tag: 'receipt',
  attrs: { id: '3EB0A', t: '1777372200', ...attrs },
  ...(content ? { content } : {}),
});

const readOne = (node: BinaryNode) => {
  const [read, ...more] = readReceipts(node, self);
  expect(more).toEqual([]);
  return read;
};

describe('reading a receipt', () => {
  it('names the chat and the user without device', () => {
    expect(readOne(receipt({ from: '5511999999999:3@s.whatsapp.net' }))).toEqual({
      ids: ['3EB0A'],
      type: '',
      chat: '5511999999999@s.whatsapp.net',
      from: '5511999999999@s.whatsapp.net',
      fromAlt: null,
      participant: null,
      at: 1_777_372_200_000,
    });
  });

  it('covers every message that it lists', () => {
    const list = { tag: 'list', attrs: {}, content: [{ tag: 'item', attrs: { id: '3EB0B' } }] };
    const read = readOne(receipt({ from: '5511999999999@s.whatsapp.net', type: 'read' }, [list]));
    expect(read?.ids).toEqual(['3EB0A', '3EB0B']);
  });

  it('takes the chat from the recipient when another device of the account sent it', () => {
    for (const from of ['5511888888888:2@s.whatsapp.net', '200000000000002:2@lid']) {
      const read = readOne(receipt({ from, recipient: '100000000000001@lid', type: 'read-self' }));
      expect(read?.chat).toBe('100000000000001@lid');
    }
  });

  it('distinguishes the reader from the group', () => {
    const read = readOne(
      receipt({
        from: '120363406289005073@g.us',
        participant: '300000000000003:1@lid',
        participant_pn: '5511777777777@s.whatsapp.net',
      }),
    );
    expect(read).toMatchObject({
      chat: '120363406289005073@g.us',
      from: '300000000000003@lid',
      fromAlt: '5511777777777@s.whatsapp.net',
    });
  });

  it.each(['120363406289005073@g.us', 'status@broadcast'])(
    'of %s that is grouped gives one for each user, with its own time',
    (from) => {
      const users = [
        { tag: 'user', attrs: { jid: '300000000000003:1@lid', t: '1777372300' } },
        { tag: 'user', attrs: { jid: '5511777777777@s.whatsapp.net' } },
        { tag: 'user', attrs: {} },
      ];
      const grouped = [
        { tag: 'participants', attrs: { key: '3EB0C' }, content: users },
        { tag: 'participants', attrs: {}, content: users },
        { tag: 'participants', attrs: { key: '3EB0D' }, content: users.slice(0, 1) },
      ];
      const shared = { type: 'read', chat: from, fromAlt: null, participant: null };
      expect(readReceipts(receipt({ from, type: 'read' }, grouped), self)).toEqual([
        { ...shared, ids: ['3EB0C'], from: '300000000000003@lid', at: 1_777_372_300_000 },
        { ...shared, ids: ['3EB0C'], from: '5511777777777@s.whatsapp.net', at: 1_777_372_200_000 },
        { ...shared, ids: ['3EB0D'], from: '300000000000003@lid', at: 1_777_372_300_000 },
      ]);
    },
  );

  it('without an id, or of nobody, is none', () => {
    expect(readReceipts({ tag: 'receipt', attrs: { from: 'x@g.us' } }, self)).toEqual([]);
    expect(readReceipts({ tag: 'receipt', attrs: { id: '3EB0A' } }, self)).toEqual([]);
  });
});
