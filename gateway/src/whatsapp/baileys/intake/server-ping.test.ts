import { EventEmitter } from 'node:events';
import type { BinaryNode, WASocket } from 'baileys';
import { expect, test } from 'vitest';
import { answerServerPings } from './server-ping.ts';

const FROM = 's.whatsapp.net';

/** What is sent after an `iq` with these attributes. */
function sentAfter(attrs: Record<string, string>): BinaryNode[] {
  const ws = new EventEmitter();
  const sent: BinaryNode[] = [];
  const socket = { ws, sendNode: async (node: BinaryNode) => void sent.push(node) };
  answerServerPings(socket as unknown as WASocket, () => {});
  ws.emit(`CB:iq,xmlns:${attrs.xmlns}`, { tag: 'iq', attrs });
  return sent;
}

test('a ping of the server is answered, with its id when it has one', () => {
  const ping = { from: FROM, type: 'get', xmlns: 'urn:xmpp:ping' };
  expect(sentAfter(ping)).toEqual([{ tag: 'iq', attrs: { to: FROM, type: 'result' } }]);
  expect(sentAfter({ ...ping, id: '7' })).toEqual([
    { tag: 'iq', attrs: { to: FROM, type: 'result', id: '7' } },
  ]);
});

test('another query of the server is not', () => {
  expect(sentAfter({ from: FROM, type: 'result', xmlns: 'urn:xmpp:ping' })).toEqual([]);
  expect(sentAfter({ from: FROM, type: 'get', xmlns: 'urn:xmpp:whatsapp:push' })).toEqual([]);
});
