import type { BinaryNode } from 'baileys';
import { describe, expect, it } from 'vitest';
import { readReceipt } from './receipt.ts';

const self = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' };

const receipt = (attrs: Record<string, string>, content?: BinaryNode[]): BinaryNode => ({
  tag: 'receipt',
  attrs: { id: '3EB0A', t: '1777372200', ...attrs },
  ...(content ? { content } : {}),
});

describe('reading a receipt', () => {
  it('names the chat and the user without device', () => {
    expect(readReceipt(receipt({ from: '5511999999999:3@s.whatsapp.net' }), self)).toEqual({
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
    const read = readReceipt(receipt({ from: '5511999999999@s.whatsapp.net', type: 'read' }, [list]), self);
    expect(read?.ids).toEqual(['3EB0A', '3EB0B']);
  });

  it('takes the chat from the recipient when another device of the account sent it', () => {
    for (const from of ['5511888888888:2@s.whatsapp.net', '200000000000002:2@lid']) {
      const read = readReceipt(receipt({ from, recipient: '100000000000001@lid', type: 'read-self' }), self);
      expect(read?.chat).toBe('100000000000001@lid');
    }
  });

  it('distinguishes the reader from the group', () => {
    const read = readReceipt(
      receipt({
        from: '120363406289005073@g.us',
        participant: '300000000000003:1@lid',
        participant_pn: '5511777777777@s.whatsapp.net',
      }),
      self,
    );
    expect(read).toMatchObject({
      chat: '120363406289005073@g.us',
      from: '300000000000003@lid',
      fromAlt: '5511777777777@s.whatsapp.net',
    });
  });
});
