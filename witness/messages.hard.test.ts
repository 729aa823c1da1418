import { createHash } from 'node:crypto';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedWitness, WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';

/** A chat as whatsmeow and its friend each address it, and how whatsmeow is named in it. */
interface Chat {
  /** Where the friend's phone sends to. */
  forFriend: string;
  /** Where whatsmeow sends to. */
  forWitness: string;
  /** The friend's address in this chat. */
  friend: string;
  /** The own address in this chat. */
  self: string;
  addressing: 'lid' | 'pn';
}

const KINDS = [
  'a direct chat by LID',
  'a direct chat by phone number',
  'a group of LIDs',
  'a group of phone numbers',
] as const;

describe.runIf(whatsmeowIsHere())('whatsmeow on the sandbox', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  let witness: LinkedWitness;
  let friend: Phone;
  const chats = new Map<string, Chat>();

  beforeAll(async () => {
    stage = await WitnessStage.set();
    witness = await stage.link('Witness');
    friend = await stage.newPhone('Friend');
    const us = { friend: await stage.profile(friend), self: await stage.profile(witness.phone) };
    for (const [n, addressing] of (['lid', 'pn'] as const).entries()) {
      const address = addressing === 'lid' ? 'lid' : 'jid';
      const [own, other] = [us.self[address], us.friend[address]];
      const names = { friend: other, self: own, addressing };
      chats.set(KINDS[n] ?? '', { ...names, forFriend: witness.phone.number, forWitness: other });
      const { jid } = await stage.group(friend, `By ${addressing}`, [witness.phone], { addressing });
      chats.set(KINDS[n + 2] ?? '', { ...names, forFriend: jid, forWitness: jid });
    }
  });
  afterAll(() => stage.close());

  describe.each(KINDS)('in %s', (kind) => {
    const chat = () => {
      const found = chats.get(kind);
      if (!found) throw new Error(`there is no ${kind}`);
      return found;
    };
    const fromFriend = (what: string | object, options: object = {}) =>
      friend.send(chat().forFriend, what, { addressing: chat().addressing, ...options });
    const text = (conversation: string) => ({ conversation });

    it('reads a text, and shows who wrote it and where', async () => {
      const id = await fromFriend(`hello in ${kind}`);
      const { info, message } = await witness.client.message(id);
      expect(message.conversation).toBe(`hello in ${kind}`);
      expect(info).toMatchObject({
        chat: chat().forWitness,
        sender: chat().friend,
        isFromMe: false,
        pushName: 'Friend',
      });
    });

    it('writes a text that the friend reads and its own phone shows', async () => {
      const id = await witness.client.send(chat().forWitness, text(`answer in ${kind}`));
      expect(await friend.sees(id)).toMatchObject({ kind: 'text', text: `answer in ${kind}` });
      expect(await witness.phone.sees(id)).toMatchObject({ text: `answer in ${kind}`, fromMe: true });
    });

    it('shows what its own phone writes', async () => {
      const to = kind.includes('group') ? chat().forWitness : friend.number;
      const id = await witness.phone.send(to, 'from my phone', { addressing: chat().addressing });
      const { info, message } = await witness.client.message(id);
      expect(message.conversation ?? message.deviceSentMessage?.message?.conversation).toBe('from my phone');
      expect(info).toMatchObject({ chat: chat().forWitness, isFromMe: true });
    });

    it('quotes, and reads a quote', async () => {
      const asked = await fromFriend('a question');
      await witness.client.message(asked);
      const contextInfo = {
        stanzaID: asked,
        participant: chat().friend,
        quotedMessage: text('a question'),
      };
      const extendedTextMessage = { text: 'an answer', contextInfo };
      const id = await witness.client.send(chat().forWitness, { extendedTextMessage });
      expect(await friend.sees(id)).toMatchObject({ quoted: { id: asked, text: 'a question' } });
      const again = await fromFriend('and a reply', { quote: id });
      const { message } = await witness.client.message(again);
      expect(message.extendedTextMessage).toMatchObject({
        text: 'and a reply',
        contextInfo: { stanzaID: id },
      });
    });

    it('reacts, and reads a reaction', async () => {
      const asked = await fromFriend('react to this');
      await witness.client.message(asked);
      const { id } = await witness.client.call<{ id: string }>('sendReaction', {
        chat: chat().forWitness,
        sender: chat().friend,
        id: asked,
        reaction: '👍',
      });
      expect(await friend.sees(id)).toMatchObject({
        kind: 'reaction',
        reaction: { emoji: '👍' },
        target: asked,
      });
      const own = await witness.client.send(chat().forWitness, text('react to mine'));
      await friend.sees(own);
      const reacted = await friend.about('react', own, { emoji: '❤️', addressing: chat().addressing });
      const { message } = await witness.client.message(reacted);
      expect(message.reactionMessage).toMatchObject({ text: '❤️', key: { ID: own } });
    });

    it('edits, and reads an edit', async () => {
      const own = await witness.client.send(chat().forWitness, text('befor'));
      await friend.sees(own);
      const { id } = await witness.client.call<{ id: string }>('editMessage', {
        chat: chat().forWitness,
        id: own,
        message: text('before'),
      });
      expect(await friend.sees(id)).toMatchObject({ kind: 'edit', text: 'before', target: own });
      const theirs = await fromFriend('aftr');
      await witness.client.message(theirs);
      await friend.about('edit', theirs, { text: 'after', addressing: chat().addressing });
      const { message } = await witness.client.message(
        (seen) => seen.message.protocolMessage?.key?.ID === theirs,
      );
      expect(message.protocolMessage).toMatchObject({ type: 'MESSAGE_EDIT' });
      expect(JSON.stringify(message.protocolMessage.editedMessage)).toContain('after');
    });

    it('revokes, and reads a revocation', async () => {
      const own = await witness.client.send(chat().forWitness, text('take this back'));
      await friend.sees(own);
      await witness.client.call('revokeMessage', {
        chat: chat().forWitness,
        sender: chat().self,
        id: own,
      });
      await expect
        .poll(async () => (await friend.inbox()).find(({ target }) => target === own)?.kind)
        .toBe('revoke');
      const theirs = await fromFriend('and this');
      await witness.client.message(theirs);
      await friend.about('revoke', theirs, { addressing: chat().addressing });
      const { message } = await witness.client.message(
        (seen) => seen.message.protocolMessage?.key?.ID === theirs,
      );
      // 0 is the default of the protobuf's enumeration, which protojson leaves out.
      expect(message.protocolMessage.type ?? 'REVOKE').toBe('REVOKE');
    });

    it('makes a poll, and decrypts the vote of the friend', async () => {
      const { id: poll } = await witness.client.call<{ id: string }>('sendPollCreation', {
        jid: chat().forWitness,
        name: 'tea or coffee?',
        options: ['tea', 'coffee'],
        selectableCount: 1,
      });
      const shown = { kind: 'poll', poll: { question: 'tea or coffee?', options: ['tea', 'coffee'] } };
      expect(await friend.sees(poll)).toMatchObject(shown);
      const address = { addressing: chat().addressing, creatorAs: chat().addressing };
      const vote = await friend.about('vote', poll, { options: ['tea'], ...address });
      const { info, message } = await witness.client.message(vote);
      const clear = await witness.client.call<{ selectedOptions: string[] }>('decryptPollVote', {
        info,
        message,
      });
      expect(clear.selectedOptions).toEqual([sha256('tea')]);
    });

    it('votes in a poll of the friend', async () => {
      const poll = await fromFriend({ poll: { question: 'north or south?', options: ['north', 'south'] } });
      const { info } = await witness.client.message(poll);
      const { id } = await witness.client.call<{ id: string }>('sendPollVote', {
        pollChat: info.chat,
        pollSender: info.sender,
        pollId: poll,
        pollTimestamp: info.timestamp,
        options: ['south'],
      });
      expect(await friend.sees(id)).toMatchObject({ kind: 'vote', target: poll, text: 'south' });
    });

    it('tells the friend that a message was delivered and read, and is told so', async () => {
      const theirs = await fromFriend('read me');
      const { info } = await witness.client.message(theirs);
      const receipts = async (): Promise<unknown> => {
        const { control } = stage.sandbox;
        const answer = await fetch(`${control}/phones/${friend.number}/sent/${theirs}`);
        return ((await answer.json()) as { receipts: Record<string, string> }).receipts;
      };
      await witness.client.call('markRead', { ids: [theirs], chat: info.chat, sender: info.sender });
      await expect.poll(receipts).toEqual({ [witness.phone.number]: 'read' });
      const own = await witness.client.send(chat().forWitness, text('and me'));
      const isOf = (type: string) => (data: { type: string; ids: string[] }) =>
        data.type === type && data.ids.includes(own);
      await witness.client.expect('message:receipt', 'the delivery receipt', isOf(''));
      await friend.sees(own);
      await friend.act('read', { id: own });
      const { data } = await witness.client.expect('message:receipt', 'the read receipt', isOf('read'));
      expect(data).toMatchObject({ chat: chat().forWitness, sender: chat().friend });
    });
  });

  it('had every device list right: the server called no message incomplete', async () => {
    const answer = await fetch(`${stage.sandbox.control}/stats`);
    const { messages } = (await answer.json()) as { messages: { incompleteFanouts: number } };
    expect(messages.incompleteFanouts).toBe(0);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
