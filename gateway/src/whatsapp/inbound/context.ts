import { normalJid } from '../jid.ts';
import type { proto } from '../proto.ts';
import type { AdReply, Content, Context } from './content.ts';
import { countOf } from './values.ts';

const QUOTED_CHARACTERS = 1_024;

/** What all kinds share, from the context of the message and the one that it quotes. */
export function shared(
  info: proto.IContextInfo | null | undefined,
  quoted: Content | null,
): Pick<Content, 'isForwarded' | 'context' | 'mentioned'> {
  if (!info) return { isForwarded: false, context: null, mentioned: [] };
  const forwardingScore = countOf(info.forwardingScore) ?? 0;
  const isForwarded = info.isForwarded === true || forwardingScore > 0;
  const ad = info.externalAdReply ? adReply(info.externalAdReply) : null;
  const tellsSomething = Boolean(info.stanzaId) || isForwarded || ad !== null;
  return {
    isForwarded,
    mentioned: (info.mentionedJid ?? []).map(normalJid).filter((jid) => jid !== null),
    context: tellsSomething
      ? { ...quote(info, quoted), forwardingScore, expiration: countOf(info.expiration) ?? 0, ad }
      : null,
  };
}

function quote(
  info: proto.IContextInfo,
  quoted: Content | null,
): Pick<Context, 'messageId' | 'participant' | 'type' | 'content'> {
  if (!info.stanzaId) return { messageId: null, participant: null, type: null, content: null };
  return {
    messageId: info.stanzaId,
    participant: normalJid(info.participant),
    type: quoted?.type ?? null,
    content: quoted ? firstCharacters(quoted.content) : null,
  };
}

/** Counts code points, which have two code units at most, so that no character is cut in half. */
function firstCharacters(text: string): string {
  if (text.length <= QUOTED_CHARACTERS) return text;
  return [...text.slice(0, 2 * QUOTED_CHARACTERS)].slice(0, QUOTED_CHARACTERS).join('');
}

function adReply(ad: proto.ContextInfo.IExternalAdReplyInfo): AdReply {
  return {
    title: ad.title ?? null,
    body: ad.body ?? null,
    sourceType: ad.sourceType ?? null,
    sourceId: ad.sourceId ?? null,
    sourceUrl: ad.sourceUrl ?? null,
    mediaUrl: ad.mediaUrl ?? null,
    ctwaClid: ad.ctwaClid ?? null,
  };
}
