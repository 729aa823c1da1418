import { createHash } from 'node:crypto';
import { timestamp } from '../clock.ts';
import type { CallChange, CallNotice } from '../whatsapp/call.ts';
import { personOf } from '../whatsapp/jid.ts';
import type { Mailbox } from './mailbox.ts';

/** What is reported of one thing that happened to a call. */
export interface CallReport extends Omit<CallNotice, 'stanzaId' | 'creator' | 'isVideo' | 'offline'> {
  /** Distinguishes what may happen more than once; with the same one, it is one event. */
  key: string;
}

/** Remembers what an offer says of a call. */
export async function noteOffer(mailbox: Mailbox, call: Pick<CallNotice, 'callId' | 'isVideo' | 'groupJid'>) {
  const { trx, instanceId, now } = mailbox.scope;
  await trx
    .insertInto('calls')
    .values({
      instance_id: instanceId,
      call_id: call.callId,
      is_video: call.isVideo ? 1 : 0,
      group_jid: call.groupJid,
      offered_at: now,
    })
    .onConflict((conflict) => conflict.columns(['instance_id', 'call_id']).doNothing())
    .execute();
}

/** Reports `call.update`; false when this was reported before. */
export async function reportCall(mailbox: Mailbox, report: CallReport): Promise<boolean> {
  const { trx, instanceId, emit, self } = mailbox.scope;
  const { callId, change, caller, from, outgoing, at, reason, latencyMs, key } = report;
  const offered = await trx
    .selectFrom('calls')
    .select(['is_video', 'group_jid'])
    .where('instance_id', '=', instanceId)
    .where('call_id', '=', callId)
    .executeTakeFirst();
  const groupJid = report.groupJid ?? offered?.group_jid ?? null;
  const other = (outgoing ? personOf(from) : caller) ?? caller;
  const { view: chat } = await mailbox.placeOf(
    groupJid ? { kind: 'group', jid: groupJid } : { kind: 'private', person: other },
    'notification',
  );
  const speaker = outgoing ? self : caller;
  if (!outgoing && groupJid) await mailbox.meet(caller, 'notification');
  return emit({
    kind: 'call.update',
    lane: chat.jid,
    dedupeKey: `call:${createHash('sha256')
      .update(JSON.stringify([callId, change, key]))
      .digest('base64url')}`,
    data: {
      type: change satisfies CallChange,
      callId,
      direction: outgoing ? 'outgoing' : 'incoming',
      from: await mailbox.userOf(speaker),
      chat,
      isVideo: offered?.is_video === 1,
      isGroup: groupJid !== null,
      groupJid,
      timestamp: timestamp(at),
      reason,
      latencyMs,
    },
  });
}
