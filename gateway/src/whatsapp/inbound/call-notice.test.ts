import { describe, expect, test } from 'vitest';
import type { BinaryNode } from '../proto.ts';
import { readCallNotice } from './call-notice.ts';

const SELF = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid' };
const CALLER = '100000000000001@lid';
const NOW = Date.UTC(2026, 3, 28);

function call(tag: string, attrs: Record<string, string> = {}, content: BinaryNode[] = []): BinaryNode {
  const info = {
    tag,
    attrs: { 'call-id': 'ABC', 'call-creator': `${CALLER.replace('@', ':3@')}`, ...attrs },
    content,
  };
  return { tag: 'call', attrs: { id: '1', from: CALLER, t: '1777371120' }, content: [info] };
}

describe('a call stanza', () => {
  test.each<[string, BinaryNode, object]>([
    [
      'an offer',
      call('offer', { caller_pn: '5511999999999@s.whatsapp.net' }),
      { change: 'offer', isVideo: false },
    ],
    ['a video offer', call('offer', {}, [{ tag: 'video', attrs: {} }]), { isVideo: true }],
    [
      'a group notice',
      call('offer_notice', { 'group-jid': '1@g.us', media: 'video' }),
      { groupJid: '1@g.us', isVideo: true },
    ],
    ['an end without a reason', call('terminate'), { change: 'terminated', reason: null }],
    ['an end without an answer', call('terminate', { reason: 'timeout' }), { reason: 'timeout' }],
    [
      'taken elsewhere',
      call('terminate', { reason: 'accepted_elsewhere' }),
      { change: 'accepted', reason: null },
    ],
    ['turned away elsewhere', call('terminate', { reason: 'rejected_elsewhere' }), { change: 'rejected' }],
    ['a latency', call('relaylatency', { latency: '42' }), { change: 'latency', latencyMs: 42 }],
    ['a latency that is none', call('relaylatency', { latency: 'Infinity' }), { latencyMs: null }],
    [
      'a call of our own',
      call('accept', { 'call-creator': SELF.jid }),
      { outgoing: true, change: 'accepted' },
    ],
    ['a reason without end', call('terminate', { reason: 'x'.repeat(10_000) }), { reason: 'x'.repeat(64) }],
  ])('reports %s', (_, node, expected) => {
    expect(readCallNotice(node, SELF, NOW)).toMatchObject({ callId: 'ABC', from: CALLER, ...expected });
  });

  test.each<[string, BinaryNode]>([
    ['says how the connection is made', call('transport')],
    ['has a tag that objects have anyway', call('constructor')],
    ['has no call id', call('offer', { 'call-id': '' })],
    ['has a call id that no index holds', call('offer', { 'call-id': 'x'.repeat(5_000) })],
    ['names no caller', call('offer', { 'call-creator': 'nonsense' })],
    ['is empty', { tag: 'call', attrs: { id: '1', from: CALLER }, content: [] }],
    ['comes from nowhere', { tag: 'call', attrs: { id: '1' }, content: [{ tag: 'offer', attrs: {} }] }],
  ])('that %s is nothing', (_, node) => {
    expect(readCallNotice(node, SELF, NOW)).toBeNull();
  });
});
