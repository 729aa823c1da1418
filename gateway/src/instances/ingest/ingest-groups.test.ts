import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { readGroupNotice } from '../../whatsapp/inbound/group-notice.ts';
import type { BinaryNode } from '../../whatsapp/proto.ts';
import { GROUP, ingestBench, JOAO, SELF, waMessage } from './testing/ingest.ts';

const ANA = { jid: '5511777777777@s.whatsapp.net', lid: '300000000000003@lid' };
const COMMUNITY = '120363406289005001@g.us';
const AT = '2026-04-28T10:33:00Z';

const node = (
  tag: string,
  attrs: Record<string, string> = {},
  content?: BinaryNode['content'],
): BinaryNode => ({
  tag,
  attrs,
  ...(content !== undefined && { content }),
});
const lidMember = ({ jid, lid }: typeof ANA, attrs = {}) =>
  node('participant', { jid: lid, phone_number: jid, ...attrs });
const pnMember = ({ jid, lid }: typeof ANA, attrs = {}) => node('participant', { jid, lid, ...attrs });

/** How João does something, in a group of LIDs and in one of phone numbers. */
const ACTORS = {
  lid: { participant: JOAO.lid, participant_pn: JOAO.jid },
  pn: { participant: JOAO.jid, participant_lid: JOAO.lid },
};

const notification = (change: BinaryNode, attrs: Record<string, string> = {}) =>
  node(
    'notification',
    {
      id: '1-1',
      from: GROUP,
      type: 'w:gp2',
      t: String(Date.parse(AT) / 1000),
      notify: 'João Silva',
      ...attrs,
    },
    [change],
  );

const devTeam: GroupMetadata = {
  jid: GROUP,
  addressing: 'lid',
  subject: 'Dev Team',
  subjectBy: null,
  subjectAt: null,
  description: null,
  createdBy: JOAO,
  createdAt: null,
  participants: [
    { ...JOAO, role: 'superadmin' },
    { ...ANA, role: 'member' },
    { ...SELF, role: 'member' },
  ].map(({ jid, lid, role }) => ({ jid, lid, role }) as GroupMetadata['participants'][number]),
  size: 3,
  announce: false,
  locked: false,
  memberAdd: false,
  approval: false,
  ephemeral: 0,
  isCommunity: false,
  isDefaultSubGroup: false,
  parent: null,
  incognito: false,
  suspended: false,
};

const groupNode = (subject: string, member: typeof lidMember) =>
  node('group', { id: GROUP.slice(0, -5), addressing_mode: 'lid', subject }, [
    member(JOAO, { type: 'superadmin' }),
    member(SELF),
  ]);

const joao = { ...JOAO, name: 'João Silva' };
const ana = { ...ANA, name: '' };
const self = { jid: SELF.jid, lid: SELF.lid, name: SELF.name };

type Row = [
  what: string,
  change: (member: typeof lidMember) => BinaryNode,
  event: object,
  after?: Partial<GroupMetadata>,
];

const ROWS: Row[] = [
  ['a person is added', (m) => node('add', {}, [m(ANA)]), { type: 'joined', participants: [ana] }],
  [
    'a person is removed',
    (m) => node('remove', {}, [m(ANA)]),
    { type: 'left', participants: [ana] },
    { size: 2 },
  ],
  [
    'a person leaves',
    (m) => node('remove', {}, [m(JOAO)]),
    { type: 'left', participants: [joao] },
    { size: 2 },
  ],
  ['a promotion', (m) => node('promote', {}, [m(ANA)]), { type: 'promoted', participants: [ana] }],
  ['a demotion', (m) => node('demote', {}, [m(ANA)]), { type: 'demoted', participants: [ana] }],
  ['a new number', (m) => node('modify', {}, [m(ANA)]), { type: 'changed_number', participants: [ana] }],
  [
    'a new group',
    (m) => node('create', { type: 'new' }, [groupNode('Dev Team', m)]),
    { type: 'create', participants: [joao, self], value: 'Dev Team' },
    { size: 2 },
  ],
  [
    'being added to a group that was there',
    (m) => node('create', {}, [groupNode('Dev Team', m)]),
    { type: 'joined', participants: [self] },
    { size: 2 },
  ],
  [
    'a subject',
    () => node('subject', { subject: 'Dev Team 2026' }),
    { type: 'name', groupName: 'Dev Team 2026', value: 'Dev Team 2026' },
    { subject: 'Dev Team 2026' },
  ],
  [
    'a description',
    () => node('description', { id: 'D1' }, [node('body', {}, Buffer.from('Technical'))]),
    { type: 'topic', value: 'Technical' },
  ],
  [
    'a description that goes',
    () => node('description', { id: 'D1' }, [node('delete')]),
    { type: 'topic', value: '' },
    { description: null },
  ],
  ['silence for members', () => node('announcement'), { type: 'announce', value: true }, { announce: true }],
  ['the end of it', () => node('not_announcement'), { type: 'announce', value: false }, { announce: false }],
  ['a lock', () => node('locked'), { type: 'locked', value: true }, { locked: true }],
  ['its opening', () => node('unlocked'), { type: 'locked', value: false }, { locked: false }],
  [
    'disappearing messages',
    () => node('ephemeral', { expiration: '86400' }),
    { type: 'ephemeral', value: 86400 },
    { ephemeral: 86400 },
  ],
  ['their end', () => node('not_ephemeral'), { type: 'ephemeral', value: 0 }, { ephemeral: 0 }],
  [
    'members who may add',
    () => node('member_add_mode', {}, Buffer.from('all_member_add')),
    { type: 'member_add_mode', value: true },
    { memberAdd: true },
  ],
  [
    'members who may not',
    () => node('member_add_mode', {}, 'admin_add'),
    { type: 'member_add_mode', value: false },
    { memberAdd: false },
  ],
  [
    'admins who approve',
    () => node('membership_approval_mode', {}, [node('group_join', { state: 'on' })]),
    { type: 'membership_approval', value: true },
    { approval: true },
  ],
  [
    'a request to join',
    () => node('membership_approval_request', { request_method: 'invite_link' }),
    { type: 'membership_request', participants: [joao], value: 'created' },
  ],
  [
    'a request for another person',
    (m) =>
      node('created_membership_requests', { request_method: 'non_admin_add' }, [
        { ...m(ANA), tag: 'requested_user' },
      ]),
    { type: 'membership_request', participants: [ana], value: 'created' },
  ],
  [
    'a request that is taken back',
    (m) => node('revoked_membership_requests', {}, [m(JOAO)]),
    { type: 'membership_request', participants: [joao], value: 'revoked' },
  ],
  [
    'a request that is rejected',
    (m) => node('revoked_membership_requests', {}, [m(ANA)]),
    { type: 'membership_request', participants: [ana], value: 'rejected' },
  ],
  [
    'a new invite link',
    () => node('invite', { code: 'NEW123XYZ' }),
    { type: 'invite_link', value: 'https://chat.whatsapp.com/NEW123XYZ' },
  ],
  [
    'a link to a community',
    () => node('link', { link_type: 'parent_group' }, [node('group', { jid: COMMUNITY })]),
    { type: 'link', value: COMMUNITY },
    { parent: COMMUNITY },
  ],
  [
    'its end',
    () => node('unlink', { unlink_type: 'parent_group' }, [node('group', { id: COMMUNITY.slice(0, -5) })]),
    { type: 'unlink', value: COMMUNITY },
    { parent: null },
  ],
];

const base = {
  groupJid: GROUP,
  groupName: 'Dev Team',
  actor: joao,
  participants: [],
  value: null,
  timestamp: AT,
};

describe.each(databases)('group.flow ($name)', (database) => {
  describe.each(['lid', 'pn'] as const)('in a group of %s addresses', (addressing) => {
    let bench: Awaited<ReturnType<typeof ingestBench>>;
    let seen = 0;

    beforeAll(async () => {
      bench = await ingestBench(database, { ignoreGroupMessages: true });
    });

    test.each(ROWS)('%s is reported once and kept', async (what, change, event, after = {}) => {
      const { ingest, events } = bench;
      await ingest.groups([devTeam], true);
      const member = addressing === 'lid' ? lidMember : pnMember;
      const stanza = notification(change(member), { id: what, ...ACTORS[addressing] });
      const notice = readGroupNotice(stanza, SELF, 0)!;
      await ingest.groupNotice(notice);
      await ingest.groupNotice(notice);
      const reported = (await events('group.flow')).slice(seen);
      seen += reported.length;
      expect(reported).toEqual([{ kind: 'group.flow', lane: GROUP, data: { ...base, ...event } }]);
      expect(await ingest.group(GROUP)).toMatchObject(after);
    });
  });

  test.each<[string, BinaryNode]>([
    ['set', node('set', { id: '77', author: JOAO.lid, author_pn: JOAO.jid })],
    ['delete', node('delete', { author: JOAO.lid, author_pn: JOAO.jid })],
  ])('a picture that is %s is reported', async (tag, change) => {
    const { ingest, events } = await ingestBench(database);
    await ingest.groups([devTeam], true);
    await ingest.groupNotice(readGroupNotice(notification(change, { type: 'picture' }), SELF, 0)!);
    const value = tag === 'set' ? 'changed' : 'removed';
    expect(await events('group.flow')).toMatchObject([{ data: { ...base, type: 'picture', value } }]);
  });

  test.each<[string, BinaryNode]>([
    ['left', node('remove', {}, [lidMember(SELF)])],
    ['delete', node('delete', { reason: 'community' })],
  ])('after %s the group is no longer one of the account, and keeps its name', async (type, change) => {
    const { ingest, events } = await ingestBench(database);
    await ingest.groups([devTeam], true);
    await ingest.groupNotice(readGroupNotice(notification(change), SELF, 0)!);
    expect(await ingest.group(GROUP)).toBeNull();
    expect(await events('group.flow')).toMatchObject([{ data: { type, groupName: 'Dev Team' } }]);
  });

  test('what the server repeats when a newer change has come does not bring the old one back', async () => {
    const { ingest, events } = await ingestBench(database);
    await ingest.groups([devTeam], true);
    const renamed = (subject: string) =>
      readGroupNotice(notification(node('subject', { subject }), { id: subject }), SELF, 0)!;
    await ingest.groupNotice(renamed('Old'));
    await ingest.groupNotice(renamed('New'));
    await ingest.groupNotice(renamed('Old'));
    expect(await ingest.group(GROUP)).toMatchObject({ subject: 'New' });
    expect(await events('group.flow')).toHaveLength(2);
  });

  test('a link of which both groups are notified is one event', async () => {
    const { ingest, events } = await ingestBench(database);
    await ingest.groups([devTeam], true);
    const toSub = node('link', { link_type: 'parent_group' }, [node('group', { jid: COMMUNITY })]);
    const toParent = node('link', { link_type: 'sub_group' }, [
      node('group', { jid: GROUP, subject: 'Dev Team' }),
    ]);
    await ingest.groupNotice(readGroupNotice(notification(toParent, { id: '2', from: COMMUNITY }), SELF, 0)!);
    await ingest.groupNotice(readGroupNotice(notification(toSub), SELF, 0)!);
    const reported = await events('group.flow');
    expect(reported).toMatchObject([
      { lane: GROUP, data: { type: 'link', groupJid: GROUP, value: COMMUNITY } },
    ]);
  });

  test('an unknown group is asked for, once a notice names it', async () => {
    const asked: string[] = [];
    const metadata = async (jid: string) => {
      asked.push(jid);
      return devTeam;
    };
    const groups = { metadata } as never;
    const { ingest, events } = await ingestBench(database, {}, { groups });
    await ingest.groupNotice(readGroupNotice(notification(node('locked')), SELF, 0)!);
    expect(asked).toEqual([GROUP]);
    expect(await events('group.flow')).toMatchObject([{ data: { groupName: '' } }]);
  });

  test('messages carry the subject as it is at their time', async () => {
    const { ingest, received, events } = await ingestBench(database);
    await ingest.groups([devTeam], true);
    const say = (id: string) => received(waMessage({ key: { remoteJid: GROUP, participant: JOAO.lid, id } }));
    await say('3EB0000000000001');
    await ingest.groupNotice(readGroupNotice(notification(node('subject', { subject: 'New' })), SELF, 0)!);
    await say('3EB0000000000002');
    await ingest.groups([], true);
    await say('3EB0000000000003');
    const chats = (await events('message.exchange')).map(({ data }) => data.chat);
    expect(chats).toEqual(
      ['Dev Team', 'New', 'New'].map((name) => ({ jid: GROUP, name, groupName: name, type: 'group' })),
    );
  });

  test('the announcement group of a community says so', async () => {
    const { ingest, received, events } = await ingestBench(database);
    await ingest.groups([{ ...devTeam, isDefaultSubGroup: true }], true);
    await received(waMessage({ key: { remoteJid: GROUP, participant: JOAO.lid } }));
    expect((await events('message.exchange'))[0]?.data.chat).toMatchObject({ isCommunity: true });
  });
});
