import type { ServerContext } from '../server/context.ts';
import type { Account } from '../server/model/account.ts';
import type { Group, MembershipRequest, Role } from '../server/model/groups.ts';

type People = 'creator' | 'subjectBy' | 'participants' | 'requests' | 'left' | 'barred';

/** A group as `--state` keeps it; accounts are named by their numbers, its community by its JID. */
export interface GroupSnapshot extends Omit<Group, People | 'description' | 'parent'> {
  creator: string;
  subjectBy: string;
  description: (Omit<NonNullable<Group['description']>, 'by'> & { by: string }) | undefined;
  participants: [string, Role][];
  requests: [string, MembershipRequest][];
  left: string[];
  barred: string[];
  parent: string | undefined;
}

export function groupSnapshot(group: Group): GroupSnapshot {
  const { creator, subjectBy, description, participants, requests, left, barred, parent, ...plain } = group;
  return {
    ...plain,
    creator: creator.number,
    subjectBy: subjectBy.number,
    description: description && { ...description, by: description.by.number },
    participants: byNumber(participants),
    requests: byNumber(requests),
    left: [...left].map(({ number }) => number),
    barred: [...barred].map(({ number }) => number),
    parent: parent?.jid,
  };
}

/** Brings groups back; a community may stand behind the groups that are linked to it. */
export function restoreGroups(ctx: ServerContext, snapshots: GroupSnapshot[]): void {
  for (const kept of snapshots) ctx.groups.add(restored(ctx, kept));
  for (const { jid, parent } of snapshots) {
    const group = ctx.groups.get(jid);
    if (group && parent !== undefined) group.parent = ctx.groups.get(parent);
  }
}

function restored(ctx: ServerContext, kept: GroupSnapshot): Group {
  const account = (number: string): Account => {
    const found = ctx.directory.get(number);
    if (!found) throw new Error(`the state file has no phone ${number} that group ${kept.jid} names`);
    return found;
  };
  const map = <V>(entries: [string, V][]) =>
    new Map(entries.map(([number, value]) => [account(number), value]));
  return {
    ...kept,
    creator: account(kept.creator),
    subjectBy: account(kept.subjectBy),
    description: kept.description && { ...kept.description, by: account(kept.description.by) },
    participants: map(kept.participants),
    requests: map(kept.requests),
    left: new Set(kept.left.map(account)),
    barred: new Set(kept.barred.map(account)),
    parent: undefined,
  };
}

function byNumber<V>(map: Map<Account, V>): [string, V][] {
  return [...map].map(([{ number }, value]) => [number, value]);
}
