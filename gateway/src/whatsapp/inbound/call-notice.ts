import type { CallChange, CallNotice } from '../call.ts';
import { type Person, parseJid, personOf } from '../jid.ts';
import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild } from '../proto.ts';
import { isMessageId, isSelf, plausibleTime } from './origin.ts';

/** What ended ringing here because another device of the account took or turned away the call. */
const ELSEWHERE: Record<string, CallChange> = {
  accepted_elsewhere: 'accepted',
  rejected_elsewhere: 'rejected',
};

const CHANGES: Record<string, CallChange> = {
  offer: 'offer',
  offer_notice: 'notification',
  accept: 'accepted',
  reject: 'rejected',
  terminate: 'terminated',
  relaylatency: 'latency',
};

const REASON_CHARACTERS = 64;
const LONGEST_LATENCY_MS = 3_600_000;

/**
 * Reads a `call` stanza; null for what is not reported (how the connection is made) and for what makes no sense.
 * Baileys folds notices of group calls into offers and hides reasons, so the stanza itself is read.
 */
export function readCallNotice(node: BinaryNode, self: Person, now: number): CallNotice | null {
  const [info] = getAllBinaryNodeChildren(node);
  const { id: stanzaId, from, t, offline } = node.attrs;
  const { 'call-id': callId, 'call-creator': creator = from, reason } = info?.attrs ?? {};
  if (!info || !stanzaId || !from || !callId || !creator || !isMessageId(callId)) return null;
  const caller = personOf(creator, info.attrs.caller_pn, info.attrs.caller_lid);
  const change = ELSEWHERE[reason ?? ''] ?? changeOf(info.tag);
  if (!caller || !change) return null;
  const group = parseJid(info.attrs['group-jid']);
  return {
    callId,
    change,
    stanzaId,
    caller,
    creator,
    from,
    outgoing: isSelf(caller, self),
    groupJid: group?.kind === 'group' ? group.jid : null,
    isVideo: info.tag.startsWith('offer') ? hasVideo(info) : null,
    at: plausibleTime(Number(t) * 1000, now),
    reason: change === 'terminated' && reason ? reason.slice(0, REASON_CHARACTERS) : null,
    latencyMs: change === 'latency' ? latencyOf(info) : null,
    offline: offline !== undefined,
  };
}

function changeOf(tag: string): CallChange | undefined {
  return Object.hasOwn(CHANGES, tag) ? CHANGES[tag] : undefined;
}

function hasVideo(info: BinaryNode): boolean {
  return getBinaryNodeChild(info, 'video') !== undefined || info.attrs.media === 'video';
}

function latencyOf({ attrs }: BinaryNode): number | null {
  const ms = Number(attrs.latency ?? attrs.latency_ms ?? attrs['latency-ms']);
  return Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_LATENCY_MS ? ms : null;
}
