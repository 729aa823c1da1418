import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { type Account, accountJid } from '../../server/model/account.ts';
import { type SealKey, unseal } from '../compose/sealing.ts';
import { unwrapped } from '../messages/envelopes.ts';
import type { InboxEntry } from '../messages/inbox.ts';
import { knownMessage, type Memory, secretOf } from '../messages/known.ts';

type Vote = Pick<InboxEntry, 'kind' | 'text' | 'target'>;

const ADDRESSINGS = ['pn', 'lid'] as const;

/**
 * What a person voted in a poll that the phone knows: the names of the options, with commas between them. Undefined when
 * the message is no vote, or one that does not open with the poll's secret.
 */
export function readVote(phone: Memory, voter: Account, received: proto.IMessage): Vote | undefined {
  const { pollCreationMessageKey, vote } = unwrapped(received).pollUpdateMessage ?? {};
  const poll = knownMessage(phone, pollCreationMessageKey?.id ?? '');
  const secret = poll && secretOf(poll);
  if (!poll || !secret || !vote?.encPayload || !vote.encIv) return undefined;
  const content = unwrapped(poll.message);
  const creation =
    content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3;
  const { encPayload, encIv } = vote;
  // Clients name both people by either address.
  for (const creator of ADDRESSINGS) {
    for (const sender of ADDRESSINGS) {
      const key: SealKey = {
        secret,
        target: poll.id,
        creator: accountJid(poll.author, creator),
        sender: accountJid(voter, sender),
      };
      const plain = unseal('Poll Vote', key, { encPayload, encIv });
      if (!plain) continue;
      const { selectedOptions } = proto.Message.PollVoteMessage.decode(plain);
      const chosen = selectedOptions.map((hash) => Buffer.from(hash).toString('hex'));
      const names = (creation?.options ?? []).flatMap(({ optionName }) => optionName ?? []);
      const text = names.filter((name) => chosen.includes(sha256(name))).join(', ');
      return { kind: 'vote', target: poll.id, text };
    }
  }
  return undefined;
}

function sha256(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
