import { Newsletter, type Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedWitness, WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';

interface Post {
  serverId: number;
  message: { conversation?: string; extendedTextMessage?: { text: string } };
}

describe.runIf(whatsmeowIsHere())('channels of whatsmeow on the sandbox', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  let witness: LinkedWitness;
  let friend: Phone;
  beforeAll(async () => {
    stage = await WitnessStage.set();
    witness = await stage.link('Witness');
    friend = await stage.newPhone('Friend');
  });
  afterAll(() => stage.close());
  const all = async () => {
    const answer = await fetch(`${stage.sandbox.control}/newsletters`);
    return ((await answer.json()) as { newsletters: { jid: string }[] }).newsletters;
  };

  it('are made once the terms are accepted, and what is written there reaches a follower', async () => {
    await witness.client.call('acceptTOSNotice', { noticeId: '20601218', stage: '5' });
    const { id: jid } = await witness.client.call<{ id: string }>('createNewsletter', {
      name: 'News of the witness',
      description: 'What it saw',
      picture: '',
    });
    expect(await witness.client.call('getNewsletterInfo', { jid })).toMatchObject({
      id: jid,
      name: 'News of the witness',
      description: 'What it saw',
    });
    await fetch(`${stage.sandbox.control}/newsletters/${jid}/followers`, {
      method: 'POST',
      body: JSON.stringify({ add: friend.number }),
    });
    const post = await witness.client.send(jid, { conversation: 'First post' });
    expect(await friend.sees(post)).toMatchObject({ text: 'First post', chat: jid });
  });

  it('of others are followed, read, reacted to, and left', async () => {
    const { jid, invite } = await Newsletter.make(stage.sandbox.control, friend.number, 'News of the friend');
    expect(await witness.client.call('getNewsletterInfoWithInvite', { key: invite })).toMatchObject({
      id: jid,
    });
    await witness.client.call('followNewsletter', { jid });
    const followed = await witness.client.call<{ id: string }[]>('getSubscribedNewsletters');
    expect(followed.map(({ id }) => id)).toContain(jid);
    const id = await friend.send(jid, 'Read all about it');
    expect((await witness.client.message(id)).message.conversation).toBe('Read all about it');
    const posts = await witness.client.call<Post[]>('getNewsletterMessages', { jid, count: 10 });
    expect(posts.map(({ message }) => message.conversation)).toEqual(['Read all about it']);
    await witness.client.call('newsletterSendReaction', {
      jid,
      serverId: posts[0]?.serverId,
      reaction: '👍',
      messageId: '',
    });
    await witness.client.call('newsletterMarkViewed', { jid, serverIds: [posts[0]?.serverId] });
    const shown = async () => (await all()).find((each) => each.jid === jid);
    await expect.poll(shown).toMatchObject({ posts: [{ id, reactions: ['👍'], views: 1 }] });
    await witness.client.call('unfollowNewsletter', { jid });
    expect(await witness.client.call('getSubscribedNewsletters')).not.toContainEqual(
      expect.objectContaining({ id: jid }),
    );
  });
});
