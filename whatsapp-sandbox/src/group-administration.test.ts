import type { BinaryNode } from 'baileys';
import { describe, expect, test } from 'vitest';
import { ANNA, BERT, CARL, DORA, jid } from './testing/groups.ts';
import { type TestSandbox, testSandbox } from './testing/sandbox.ts';
import { child } from './wire/stanza.ts';

/** A group of Anna (its owner), Bert and Carl in each addressing, with clients on the phones of Anna and Bert. */
async function group(options: object = {}) {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL, DORA);
  const [anna, bert] = [await sandbox.link(ANNA), await sandbox.link(BERT)];
  const made = { owner: ANNA, subject: 'Choir', participants: [BERT, CARL], ...options };
  const { jid: id } = await sandbox.post('/groups', made);
  const told: BinaryNode[] = [];
  bert.socket.ws.on('CB:notification', (node: BinaryNode) => told.push(node));
  /** What Bert is told about, as the tag of the change. */
  const hears = (tag: string) =>
    bert.until(tag, () => told.map((node) => child(node, tag)).find((change) => change !== undefined));
  return { sandbox, anna: anna.socket, bert: bert.socket, bertsClient: bert, id, told, hears };
}

const state = async (sandbox: TestSandbox, id: string) => sandbox.get(`/groups/${id}`);

describe.each(['lid', 'pn'])('a group of %s addresses', (addressing) => {
  test('an admin changes everything about it, and the members hear of it', async () => {
    const { anna, bert, id, hears } = await group({ addressing });
    await anna.groupUpdateDescription(id, 'We sing');
    await anna.groupUpdateDescription(id, 'We sing on Mondays');
    await anna.groupSettingUpdate(id, 'announcement');
    await anna.groupSettingUpdate(id, 'locked');
    await anna.groupMemberAddMode(id, 'all_member_add');
    await anna.groupJoinApprovalMode(id, 'on');
    await anna.groupToggleEphemeral(id, 86_400);
    const tags = ['announcement', 'locked', 'member_add_mode', 'membership_approval_mode', 'ephemeral'];
    for (const tag of ['description', ...tags]) await hears(tag);
    expect(await bert.groupMetadata(id)).toMatchObject({
      addressingMode: addressing,
      desc: 'We sing on Mondays',
      announce: true,
      restrict: true,
      memberAddMode: true,
      joinApprovalMode: true,
      ephemeralDuration: 86_400,
    });
    await anna.groupUpdateDescription(id);
    await anna.groupSettingUpdate(id, 'not_announcement');
    await anna.groupSettingUpdate(id, 'unlocked');
    await anna.groupToggleEphemeral(id, 0);
    expect(await bert.groupMetadata(id)).toMatchObject({ announce: false, restrict: false });
    expect((await bert.groupMetadata(id)).desc).toBeUndefined();
  });

  test('messages reach everybody in it', async () => {
    const { sandbox, anna, id } = await group({ addressing });
    await anna.sendMessage(id, { text: 'from a client' });
    await sandbox.post(`/phones/${CARL}/send`, { to: id, text: 'from a phone' });
    expect((await sandbox.inboxOf(BERT, 2)).map(({ text }) => text)).toEqual([
      'from a client',
      'from a phone',
    ]);
    expect((await sandbox.get('/stats')).retries).toBe(0);
  });

  test('whoever has a code joins, unless the admins decide who does', async () => {
    const { sandbox, anna, bert, id, hears } = await group({ addressing });
    const dora = (await sandbox.link(DORA)).socket;
    const code = (await anna.groupInviteCode(id))!;
    expect(await dora.groupGetInviteInfo(code)).toMatchObject({ id, subject: 'Choir', size: 3 });
    expect(await dora.groupAcceptInvite(code)).toBe(id);
    expect((await hears('add')).attrs.reason).toBe('invite');
    await expect(dora.groupAcceptInvite(code)).rejects.toThrow('conflict');
    await dora.groupLeave(id);
    const [back] = await anna.groupParticipantsUpdate(id, [jid(DORA)], 'add');
    expect(back?.status).toBe('408');

    await expect(bert.groupInviteCode(id)).rejects.toThrow('not-authorized');
    await anna.groupJoinApprovalMode(id, 'on');
    const next = (await anna.groupRevokeInvite(id))!;
    await hears('invite');
    await expect(dora.groupAcceptInvite(code)).rejects.toMatchObject({ data: 410 });
    await expect(dora.groupAcceptInvite('nobodysCode')).rejects.toMatchObject({ data: 406 });
    expect(await dora.groupAcceptInvite(next)).toBeUndefined();
    await expect(bert.groupRequestParticipantsList(id)).rejects.toThrow('forbidden');
    const [request] = await anna.groupRequestParticipantsList(id);
    const phone = addressing === 'lid' ? request?.phone_number : request?.jid;
    expect(phone).toBe(jid(DORA));
    const wanted = [request?.jid ?? '', jid(CARL)];
    const decided = await anna.groupRequestParticipantsUpdate(id, wanted, 'approve');
    expect(decided.map(({ status }) => status)).toEqual(['200', '404']);
    expect(await anna.groupRequestParticipantsList(id)).toEqual([]);
    expect((await state(sandbox, id)).participants).toHaveLength(4);
  });
});

test('who keeps others from adding him is not added, when a group is made or later', async () => {
  const { sandbox, anna, id } = await group();
  await sandbox.post(`/phones/${DORA}/act`, { action: 'privacy', setting: 'groupadd', value: 'none' });
  const [refused] = await anna.groupParticipantsUpdate(id, [jid(DORA)], 'add');
  expect(refused?.status).toBe('403');
  const made = await anna.groupCreate('Trip', [jid(DORA), jid(BERT), jid('4915199')]);
  expect((await state(sandbox, made.id)).participants).toHaveLength(2);
});

test('members may not do what is for admins', async () => {
  const { anna, bert, id } = await group();
  const forbidden: (() => Promise<unknown>)[] = [
    () => bert.groupSettingUpdate(id, 'announcement'),
    () => bert.groupMemberAddMode(id, 'all_member_add'),
    () => bert.groupJoinApprovalMode(id, 'on'),
    () => bert.groupParticipantsUpdate(id, [jid(CARL)], 'promote'),
    () => bert.groupParticipantsUpdate(id, [jid(DORA)], 'add'),
  ];
  for (const attempt of forbidden) await expect(attempt()).rejects.toThrow('forbidden');
  await bert.groupUpdateSubject(id, 'Choir of Bert');
  await anna.groupSettingUpdate(id, 'locked');
  await expect(bert.groupUpdateSubject(id, 'No more')).rejects.toThrow('forbidden');
  await expect(bert.groupUpdateDescription(id, 'No more')).rejects.toThrow('forbidden');
});

test('nobody overwrites a description that he has not seen', async () => {
  const { anna, id } = await group({ description: 'We sing' });
  const body = { tag: 'body', attrs: {}, content: Buffer.from('We dance') };
  const change = { tag: 'description', attrs: { id: 'NEW', prev: 'OLD' }, content: [body] };
  const query = anna.query({ tag: 'iq', attrs: { to: id, type: 'set', xmlns: 'w:g2' }, content: [change] });
  await expect(query).rejects.toMatchObject({ data: 409 });
});

test('a picture is a JPEG, and the members hear when it comes and goes', async () => {
  const { anna, bert, id, hears, told } = await group();
  const picture = async (content?: Uint8Array) => {
    const attrs = { to: 's.whatsapp.net', type: 'set', xmlns: 'w:profile:picture', target: id };
    await anna.query({
      tag: 'iq',
      attrs,
      ...(content && { content: [{ tag: 'picture', attrs: { type: 'image' }, content }] }),
    });
  };
  await expect(bert.profilePictureUrl(id, 'image')).rejects.toMatchObject({ data: 404 });
  await expect(picture(Buffer.from('GIF89a'))).rejects.toMatchObject({ data: 406 });
  await picture(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
  await hears('set');
  expect(await bert.profilePictureUrl(id, 'image')).toMatch(/^https:\/\/pps\.whatsapp\.net\//);
  await picture();
  await hears('delete');
  expect(told.filter(({ attrs }) => attrs.type === 'picture')).toHaveLength(2);
});

test('a member with a new number is told as that', async () => {
  const { sandbox, id, hears } = await group();
  await sandbox.post(`/phones/${CARL}/act`, { action: 'change-number', number: DORA });
  expect(child(await hears('modify'), 'participant')?.attrs.phone_number).toBe(jid(DORA));
  const numbers = (await state(sandbox, id)).participants.map(({ number }: { number: string }) => number);
  expect(numbers).toEqual([ANNA, BERT, DORA]);
});

describe('a community', () => {
  async function community() {
    const made = await group();
    const { jid: parent } = await made.sandbox.post('/groups', {
      owner: ANNA,
      subject: 'Village',
      community: true,
      announcementsJid: '120363406289005074@g.us',
    });
    return { ...made, parent, announcements: '120363406289005074@g.us' };
  }

  test('links groups, whose members become its own, and unlinks them', async () => {
    const { sandbox, anna, bert, bertsClient, id, parent, announcements, hears } = await community();
    await anna.communityLinkGroup(id, parent);
    expect((await hears('link')).attrs.link_type).toBe('parent_group');
    await hears('create');
    expect(await bert.groupMetadata(id)).toMatchObject({ linkedParent: parent });
    expect(await bert.groupMetadata(announcements)).toMatchObject({
      linkedParent: parent,
      isCommunityAnnounce: true,
      announce: true,
      size: 3,
    });
    const { linkedGroups } = await bert.communityFetchLinkedGroups(parent);
    expect(linkedGroups.map((each) => each.id)).toEqual([announcements, id]);
    const sent = (await bert.sendMessage(announcements, { text: 'hear me' }))!;
    await bertsClient.until('the refusal', () => bertsClient.wasRefused(sent.key.id ?? ''));
    await anna.sendMessage(announcements, { text: 'welcome' });
    expect((await sandbox.inboxOf(CARL, 1)).map(({ text }) => text)).toEqual(['welcome']);
    await anna.communityUnlinkGroup(id, parent);
    await hears('unlink');
    expect((await bert.groupMetadata(id)).linkedParent).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ['a group that nobody knows', '120363000000000000@g.us', '404'],
    ['its Announcements group', '120363406289005074@g.us', '409'],
  ])('does not link %s, and says so for that one', async (_, wanted, code) => {
    const { anna, parent } = await community();
    const named = { tag: 'group', attrs: { jid: wanted } };
    const link = { tag: 'link', attrs: { link_type: 'sub_group' }, content: [named] };
    const answer = await anna.query({
      tag: 'iq',
      attrs: { to: parent, type: 'set', xmlns: 'w:g2' },
      content: [{ tag: 'links', attrs: {}, content: [link] }],
    });
    const group = child(child(child(answer, 'links'), 'link'), 'group');
    expect(group?.attrs).toEqual({ jid: wanted, error: code });
  });

  test('is left with everything in it, and what it loses lives on when it is closed', async () => {
    const { sandbox, anna, bert, id, parent, announcements, hears } = await community();
    await anna.communityLinkGroup(id, parent);
    await expect(bert.groupLeave(announcements)).rejects.toThrow('forbidden');
    await expect(anna.communityLeave(parent)).rejects.toThrow('forbidden');
    await sandbox.post(`/groups/${parent}/act`, { action: 'leave', by: CARL });
    expect((await state(sandbox, id)).participants).toHaveLength(2);
    await sandbox.post(`/groups/${parent}/act`, { action: 'deactivate' });
    await hears('delete');
    expect(Object.keys(await bert.groupFetchAllParticipating())).toEqual([id]);
  });
});
