import type { Addressing } from '../../wire/jid.ts';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid } from '../model/account.ts';
import { type Group, isAdmin, type Role } from '../model/groups.ts';

type Needs = ServerWith<'delivery'>;

/** A `<group>` with its participants, as metadata queries and the `create` notification carry it. */
export function groupNode(group: Group): Stanza {
  return described(group, [...group.participants.keys()]);
}

/** What an invite code lets a stranger see: everything but most of the members. */
export function previewNode(group: Group): Stanza {
  return described(
    group,
    [...group.participants.keys()].filter((account) => isAdmin(group, account)),
  );
}

function described(group: Group, shown: Account[]): Stanza {
  const { addressing } = group;
  const attrs = {
    id: groupId(group),
    addressing_mode: addressing,
    subject: group.subject,
    ...both('s_o', group.subjectBy, addressing),
    s_t: seconds(group.subjectAt),
    creation: seconds(group.createdAt),
    ...both('creator', group.creator, addressing),
    size: String(group.participants.size),
  };
  const participants = shown.map((account) =>
    participantNode(account, addressing, group.participants.get(account)),
  );
  return stanza('group', attrs, [...participants, ...properties(group)]);
}

/** Everything about a group that is no participant; a property that does not hold has no node. */
function properties(group: Group): Stanza[] {
  const { description, rules, ephemeral, parent, addressing } = group;
  const nodes: (Stanza | false | undefined)[] = [
    stanza('member_add_mode', {}, Buffer.from(memberAddMode(rules.memberAdd))),
    description && descriptionNode(description, addressing),
    rules.announce && stanza('announcement'),
    rules.locked && stanza('locked'),
    rules.approval && approvalNode(group, true),
    ephemeral > 0 && stanza('ephemeral', { expiration: String(ephemeral), trigger: '0' }),
    group.kind === 'community' &&
      stanza('parent', { default_membership_approval_mode: rules.approval ? 'request_required' : undefined }),
    group.kind === 'announcements' && stanza('default_sub_group'),
    parent && stanza('linked_parent', { jid: parent.jid }),
    group.incognito && stanza('incognito'),
    group.suspended && stanza('suspended'),
  ];
  return nodes.filter((node): node is Stanza => Boolean(node));
}

export function descriptionNode(
  { id, text, by, at }: NonNullable<Group['description']>,
  addressing: Addressing,
): Stanza {
  const body = stanza('body', {}, Buffer.from(text));
  return stanza('description', { id, ...both('participant', by, addressing), t: seconds(at) }, [body]);
}

export function approvalNode(group: Group, on: boolean): Stanza {
  const tag = group.kind === 'community' ? 'community_join' : 'group_join';
  return stanza('membership_approval_mode', {}, [stanza(tag, { state: on ? 'on' : 'off' })]);
}

export function memberAddMode(everybody: boolean): string {
  return everybody ? 'all_member_add' : 'admin_add';
}

/** A `<participant>` under both of its names; an `error` says what could not be done with it. */
export function participantNode(
  account: Account,
  addressing: Addressing,
  role: Role = 'member',
  error?: number,
): Stanza {
  return stanza('participant', {
    jid: accountJid(account, addressing),
    ...(addressing === 'lid'
      ? { phone_number: accountJid(account, 'pn') }
      : { lid: accountJid(account, 'lid') }),
    type: role === 'member' ? undefined : role,
    error: error === undefined ? undefined : String(error),
  });
}

/** Notifies companions of a change in a group; the phones of this process read the group itself. */
export function notifyMembers(
  ctx: Needs,
  group: Group,
  by: Account,
  to: Iterable<Account>,
  what: Stanza,
): void {
  const attrs = { ...both('participant', by, group.addressing), notify: by.name };
  for (const account of to) {
    for (const device of account.devices.values()) {
      if (device.id === 0) continue;
      ctx.delivery.notify(device, 'w:gp2', group.jid, [what], {
        ...attrs,
        addressing_mode: group.addressing,
      });
    }
  }
}

/** An account in an attribute, with its other name beside it. */
export function both(name: string, account: Account, addressing: Addressing): Record<string, string> {
  const other = addressing === 'lid' ? 'pn' : 'lid';
  return { [name]: accountJid(account, addressing), [`${name}_${other}`]: accountJid(account, other) };
}

export function groupId({ jid }: Group): string {
  return jid.slice(0, jid.indexOf('@'));
}
