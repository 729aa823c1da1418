import {
  type BinaryNode,
  generateMessageIDV2,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  S_WHATSAPP_NET,
  type WASocket,
} from 'baileys';
import type { GroupMetadata, GroupRules } from '../../group.ts';
import { milliseconds, readGroup } from '../../inbound/group-node.ts';
import { personOf } from '../../jid.ts';
import type {
  GroupOperations,
  MembershipRequest,
  ParticipantAction,
  ParticipantAnswer,
} from '../../ports/groups.ts';
import { SendFailed } from '../../session.ts';
import { queryFailure } from '../query-failure.ts';

/** WhatsApp may take long over large groups: a minute, and for decisions on requests to join half a minute more. */
const TIMEOUT_MS = 60_000;
const DECISION_TIMEOUT_MS = 90_000;
const EVERY_GROUP = '@g.us';
const HIDDEN: readonly number[] = [401, 403, 404];

export interface GroupsOptions {
  socket: WASocket;
  /**
   * Takes metadata at the moment at which they come off the wire: only then are they older than every notification
   * behind them. `complete`: these are all groups of the account. Resolves when they are stored.
   */
  learned(groups: GroupMetadata[], complete: boolean): Promise<void>;
  ended(): boolean;
}

interface Query {
  to: string;
  type: 'get' | 'set';
  /** Left out: a query without a child. */
  request?: BinaryNode;
  /** Whether the answer holds metadata of some or of all groups of the account. */
  brings?: 'some' | 'all';
  timeoutMs?: number;
  attrs?: Record<string, string>;
}

/** `GroupOperations` in WhatsApp's own stanzas (`w:g2`): Baileys' calls drop the errors of participants. */
export class BaileysGroups implements GroupOperations {
  readonly #options: GroupsOptions;

  constructor(options: GroupsOptions) {
    this.#options = options;
  }

  async metadata(jid: string): Promise<GroupMetadata> {
    const request = node('query', { request: 'interactive' });
    return onlyGroup(await this.#ask({ to: jid, type: 'get', request, brings: 'some' }));
  }

  async all(): Promise<GroupMetadata[]> {
    const request = node('participating', {}, [node('participants'), node('description')]);
    return groupsIn(await this.#ask({ to: EVERY_GROUP, type: 'get', request, brings: 'all' }));
  }

  async preview(code: string): Promise<GroupMetadata> {
    return onlyGroup(await this.#ask({ to: EVERY_GROUP, type: 'get', request: node('invite', { code }) }));
  }

  async create({ subject, participants, community }: Parameters<GroupOperations['create']>[0]) {
    const content = [
      ...named(participants),
      ...(community ? [node('linked_parent', { jid: community })] : []),
    ];
    const { answer, group } = await this.#create(subject, content);
    const made = getBinaryNodeChild(answer, 'group');
    const refused = made ? participantAnswers(made).filter(({ code }) => code !== null) : [];
    return { group, refused };
  }

  async createCommunity({
    subject,
    description,
    approval,
  }: Parameters<GroupOperations['createCommunity']>[0]) {
    const parent = node('parent', approval ? { default_membership_approval_mode: 'request_required' } : {});
    const content = description === '' ? [parent] : [describing(description), parent];
    return (await this.#create(subject, content, 'some')).group;
  }

  async setSubject(jid: string, subject: string): Promise<void> {
    await this.#set(jid, node('subject', {}, Buffer.from(subject)));
  }

  async setDescription(jid: string, text: string, previous: string | null): Promise<void> {
    const change = text === '' ? node('description', { delete: 'true' }) : describing(text);
    await this.#set(jid, { ...change, attrs: { ...change.attrs, ...(previous && { prev: previous }) } });
  }

  async setPicture(jid: string, jpeg: Uint8Array | null): Promise<void> {
    await this.#ask({
      to: S_WHATSAPP_NET,
      type: 'set',
      attrs: { xmlns: 'w:profile:picture', target: jid },
      ...(jpeg && { request: node('picture', { type: 'image' }, jpeg) }),
    });
  }

  async setRule(
    { jid, isCommunity }: Pick<GroupMetadata, 'jid' | 'isCommunity'>,
    rule: keyof GroupRules,
    on: boolean,
  ): Promise<void> {
    const request: Record<keyof GroupRules, () => BinaryNode> = {
      announce: () => node(on ? 'announcement' : 'not_announcement'),
      locked: () => node(on ? 'locked' : 'unlocked'),
      memberAdd: () => node('member_add_mode', {}, on ? 'all_member_add' : 'admin_add'),
      approval: () => {
        const mode = node(isCommunity ? 'community_join' : 'group_join', { state: on ? 'on' : 'off' });
        return node('membership_approval_mode', {}, [mode]);
      },
    };
    await this.#set(jid, request[rule]());
  }

  async picture(jid: string): Promise<string | null> {
    const attrs = { xmlns: 'w:profile:picture', target: jid };
    const request = node('picture', { type: 'image', query: 'url' });
    const answer = await this.#ask({ to: S_WHATSAPP_NET, type: 'get', attrs, request }).catch(nullWhenHidden);
    return (answer && getBinaryNodeChild(answer, 'picture')?.attrs.url) ?? null;
  }

  async changeParticipants(
    jid: string,
    action: ParticipantAction,
    people: string[],
    everywhere: boolean,
  ): Promise<ParticipantAnswer[]> {
    const attrs = everywhere && action === 'remove' ? { linked_groups: 'true' } : {};
    const answer = await this.#set(jid, node(action, attrs as Record<string, string>, named(people)));
    return participantAnswers(getBinaryNodeChild(answer, action));
  }

  async requests(jid: string): Promise<MembershipRequest[]> {
    const tag = 'membership_approval_requests';
    const answer = await this.#ask({ to: jid, type: 'get', request: node(tag) });
    const requests = getBinaryNodeChildren(getBinaryNodeChild(answer, tag), 'membership_approval_request');
    return requests.flatMap(({ attrs }) => {
      const person = personOf(attrs.jid, attrs.phone_number, attrs.lid);
      return person ? [{ person, at: milliseconds(attrs.request_time) }] : [];
    });
  }

  async decide(jid: string, decision: 'approve' | 'reject', people: string[]): Promise<ParticipantAnswer[]> {
    const tag = 'membership_requests_action';
    const request = node(tag, {}, [node(decision, {}, named(people))]);
    const answer = await this.#ask({ to: jid, type: 'set', request, timeoutMs: DECISION_TIMEOUT_MS });
    return participantAnswers(getBinaryNodeChild(getBinaryNodeChild(answer, tag), decision));
  }

  async inviteCode(jid: string): Promise<string | null> {
    const answer = await this.#ask({ to: jid, type: 'get', request: node('invite') }).catch(nullWhenHidden);
    return (answer && getBinaryNodeChild(answer, 'invite')?.attrs.code) ?? null;
  }

  async resetInvite(jid: string): Promise<string> {
    const code = getBinaryNodeChild(await this.#set(jid, node('invite')), 'invite')?.attrs.code;
    if (!code) throw new SendFailed({ kind: 'failed', text: 'the answer has no code' });
    return code;
  }

  async join(code: string): Promise<'joined' | 'requested'> {
    const answer = await this.#set(EVERY_GROUP, node('invite', { code }));
    return getBinaryNodeChild(answer, 'membership_approval_request') ? 'requested' : 'joined';
  }

  async leave({ jid, isCommunity }: Pick<GroupMetadata, 'jid' | 'isCommunity'>): Promise<void> {
    const group = node(isCommunity ? 'community' : 'group', { id: jid });
    await this.#set(EVERY_GROUP, node('leave', {}, [group]));
  }

  async link(community: string, group: string): Promise<number | null> {
    const link = node('link', { link_type: 'sub_group' }, [node('group', { jid: group })]);
    const links = getBinaryNodeChild(await this.#set(community, node('links', {}, [link])), 'links');
    return errorOf(getBinaryNodeChild(getBinaryNodeChild(links, 'link'), 'group'));
  }

  async unlink(community: string, group: string): Promise<number | null> {
    const unlink = node('unlink', { unlink_type: 'sub_group' }, [node('group', { jid: group })]);
    return errorOf(
      getBinaryNodeChild(getBinaryNodeChild(await this.#set(community, unlink), 'unlink'), 'group'),
    );
  }

  /**
   * Baileys writes an attribute with an `@` as a JID, which loses what is around it or breaks the stanza. Such a name is
   * given once the group is there; if that is refused, the group keeps the name without it.
   */
  async #create(subject: string, content: BinaryNode[], brings?: 'some') {
    const written = subject.includes('@') ? subject.replaceAll('@', ' ').trim() || '-' : subject;
    const request = node('create', { subject: written, key: generateMessageIDV2() }, content);
    const answer = await this.#ask({ to: EVERY_GROUP, type: 'set', request, ...(brings && { brings }) });
    const group = onlyGroup(answer);
    if (written === subject) return { answer, group };
    const given = await this.setSubject(group.jid, subject).then(
      () => subject,
      () => written,
    );
    return { answer, group: { ...group, subject: given } };
  }

  #set(to: string, request: BinaryNode): Promise<BinaryNode> {
    return this.#ask({ to, type: 'set', request });
  }

  async #ask({ to, type, request, brings, timeoutMs = TIMEOUT_MS, attrs = {} }: Query): Promise<BinaryNode> {
    const { socket, ended, learned } = this.#options;
    if (ended()) throw new SendFailed({ kind: 'not_connected' });
    const id = socket.generateMessageTag();
    let stored: Promise<void> = Promise.resolve();
    const arrived = (answer: BinaryNode) => {
      if (brings && answer.attrs.type === 'result') stored = learned(groupsIn(answer), brings === 'all');
    };
    socket.ws.once(`TAG:${id}`, arrived);
    try {
      const iq = {
        tag: 'iq',
        attrs: { id, to, type, xmlns: 'w:g2', ...attrs },
        ...(request && { content: [request] }),
      };
      const answer = await socket.query(iq, timeoutMs);
      if (!answer) throw new SendFailed({ kind: 'timed_out' });
      await stored;
      return answer;
    } catch (error) {
      throw queryFailure(error);
    } finally {
      socket.ws.off(`TAG:${id}`, arrived);
    }
  }
}

function node(tag: string, attrs: Record<string, string> = {}, content?: BinaryNode['content']): BinaryNode {
  return { tag, attrs, ...(content !== undefined && { content }) };
}

function named(people: string[]): BinaryNode[] {
  return people.map((jid) => node('participant', { jid }));
}

function describing(text: string): BinaryNode {
  return node('description', { id: generateMessageIDV2() }, [node('body', {}, Buffer.from(text))]);
}

/** The `<group>` nodes of an answer, alone or in a `<groups>`. */
function groupsIn(answer: BinaryNode): GroupMetadata[] {
  const nodes = [answer, ...getBinaryNodeChildren(answer, 'groups')];
  return nodes
    .flatMap((each) => getBinaryNodeChildren(each, 'group'))
    .flatMap((each) => readGroup(each) ?? []);
}

function onlyGroup(answer: BinaryNode): GroupMetadata {
  const [group] = groupsIn(answer);
  if (!group) throw new SendFailed({ kind: 'failed', text: 'the answer names no group' });
  return group;
}

function participantAnswers(parent: BinaryNode | undefined): ParticipantAnswer[] {
  return getBinaryNodeChildren(parent, 'participant').flatMap((each) => {
    const { jid, phone_number, lid } = each.attrs;
    const person = personOf(jid, phone_number, lid);
    return person ? [{ person, code: errorOf(each) }] : [];
  });
}

/** The code of a refusal; 200 is WhatsApp's other way to say that there is none. */
function errorOf(each: BinaryNode | undefined): number | null {
  const code = Number(each?.attrs.error);
  return Number.isInteger(code) && code !== 200 ? code : null;
}

function nullWhenHidden(error: unknown): null {
  if (error instanceof SendFailed && error.reason.kind === 'refused' && HIDDEN.includes(error.reason.code))
    return null;
  throw error;
}
