import { type Stanza, stanza } from '../wire/stanza.ts';
import { type Account, accountJid } from './directory.ts';
import type { Group, Role } from './groups.ts';

/** A `<group>` with its participants, as metadata queries and the `create` notification carry it. */
export function groupNode(group: Group): Stanza {
  const { creator, subjectBy } = group;
  const attrs = {
    id: group.jid.slice(0, group.jid.indexOf('@')),
    addressing_mode: 'lid',
    subject: group.subject,
    s_o: accountJid(subjectBy, 'lid'),
    s_o_pn: accountJid(subjectBy, 'pn'),
    s_t: seconds(group.subjectAt),
    creation: seconds(group.createdAt),
    creator: accountJid(creator, 'lid'),
    creator_pn: accountJid(creator, 'pn'),
    size: String(group.participants.size),
  };
  const participants = [...group.participants].map(([account, role]) => participantNode(account, role));
  return stanza('group', attrs, [...participants, stanza('member_add_mode', {}, Buffer.from('admin_add'))]);
}

/** A `<participant>` under both of its names; an `error` says what could not be done with it. */
export function participantNode(account: Account, role: Role = 'member', error?: number): Stanza {
  return stanza('participant', {
    jid: accountJid(account, 'lid'),
    phone_number: accountJid(account, 'pn'),
    type: role === 'member' ? undefined : role,
    error: error === undefined ? undefined : String(error),
  });
}

function seconds(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000));
}
