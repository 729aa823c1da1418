import { describe, expect, test } from 'vitest';
import { ANNA, BERT, jid } from './testing/groups.ts';
import { testSandbox } from './testing/sandbox.ts';

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 7)]);

/** Anna and Bert with clients; they have talked, so that each is a contact of the other. */
async function friends() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const [anna, bert] = [await sandbox.link(ANNA), await sandbox.link(BERT)];
  await sandbox.post(`/phones/${ANNA}/send`, { to: BERT, text: 'Hi' });
  await bert.untilText('Hi');
  return { sandbox, anna, bert };
}

describe('a profile', () => {
  test('has a picture that others fetch, hear of, and miss when it is gone', async () => {
    const { sandbox, anna, bert } = await friends();
    const changes = bert.watch('contacts.update');
    await sandbox.post(`/phones/${ANNA}/act`, { action: 'picture', picture: JPEG.toString('base64') });
    await bert.until('the change', () => changes.flat().find(({ imgUrl }) => imgUrl === 'changed'));
    const url = await bert.socket.profilePictureUrl(jid(ANNA), 'image');
    expect(url).toContain(sandbox.sandbox.info.mediaHost);
    await anna.socket.removeProfilePicture(jid(ANNA));
    await bert.until('the removal', () => changes.flat().find(({ imgUrl }) => imgUrl === 'removed'));
    await expect(bert.socket.profilePictureUrl(jid(ANNA))).rejects.toThrow('item-not-found');
  });

  test('takes no picture that is none, and nobody changes that of another', async () => {
    const { sandbox, anna } = await friends();
    const bad = { action: 'picture', picture: Buffer.from('GIF89a').toString('base64') };
    expect((await sandbox.call('POST', `/phones/${ANNA}/act`, bad)).status).toBe(409);
    await expect(anna.socket.removeProfilePicture(jid(BERT))).rejects.toThrow('forbidden');
  });

  test('says something about its owner, also nothing', async () => {
    const { anna, bert } = await friends();
    for (const text of ['At the beach', '']) {
      await anna.socket.updateProfileStatus(text);
      const [found] = (await bert.socket.fetchStatus(jid(ANNA))) ?? [];
      expect(found?.status).toMatchObject({ status: text || null });
    }
  });

  test.each(['none', 'contacts'])('is kept from strangers when it is for %s', async (value) => {
    const { sandbox, anna, bert } = await friends();
    await anna.socket.updateProfilePicturePrivacy(value as never);
    await anna.socket.updateStatusPrivacy(value as never);
    await sandbox.post(`/phones/${ANNA}/act`, { action: 'picture', picture: JPEG.toString('base64') });
    const stranger = '4915100000009';
    await sandbox.phones(stranger);
    const client = await sandbox.link(stranger);
    await expect(client.socket.profilePictureUrl(jid(ANNA))).rejects.toThrow('not-authorized');
    const [found] = (await client.socket.fetchStatus(jid(ANNA))) ?? [];
    expect(found?.status).toMatchObject({ status: '' });
    const friendSees = bert.socket.profilePictureUrl(jid(ANNA));
    if (value === 'contacts') expect(await friendSees).toContain('/v/');
    else await expect(friendSees).rejects.toThrow('not-authorized');
  });
});

test('a business says under which name it is registered, with every message', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  await sandbox.post('/phones', { number: BERT, name: 'Blue Store Ltd', business: true });
  const client = await sandbox.link(ANNA);
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'Hi' });
  expect((await client.untilText('Hi')).verifiedBizName).toBe('Blue Store Ltd');
});

describe('privacy settings', () => {
  test('take their own values only', async () => {
    const { anna } = await friends();
    await anna.socket.updateOnlinePrivacy('match_last_seen');
    expect(await anna.socket.fetchPrivacySettings(true)).toMatchObject({
      online: 'match_last_seen',
      last: 'all',
    });
    await expect(anna.socket.updateOnlinePrivacy('none' as never)).rejects.toThrow('bad-request');
    await expect(anna.socket.updateReadReceiptsPrivacy('contacts' as never)).rejects.toThrow('bad-request');
  });
});
