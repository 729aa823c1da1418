import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaExample } from '../../gateway/src/http/routes/message/media.example.ts';
import { whatsmeowIsHere } from '../whatsmeow/program.ts';
import { RECEIVED_FILES, RECEIVED_KINDS } from './received-kinds.ts';
import { SENT_KINDS } from './sent-kinds.ts';
import { GatewayStage } from './stage.ts';

const CHATS = ['to a phone number', 'to a LID', 'to a group of LIDs', 'to a group of phone numbers'] as const;

const BYTES = 100_000;
const VOICE_NOTE = (mediaExample.body as { mediaBase64: string }).mediaBase64;
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.runIf(whatsmeowIsHere())(
  'gateway and whatsmeow, two people on one sandbox',
  { timeout: 60_000 },
  () => {
    let stage: GatewayStage;
    /** What the API calls a chat, and what whatsmeow calls the same one. */
    const addresses = new Map<string, { number: string; jid: string }>();
    beforeAll(async () => {
      stage = await GatewayStage.set();
      const { instance, witness } = stage.addresses;
      addresses.set(CHATS[0], { number: stage.witness.phone.number, jid: instance.jid });
      addresses.set(CHATS[1], { number: witness.lid, jid: instance.lid });
      for (const [n, addressing] of (['lid', 'pn'] as const).entries()) {
        const members = [stage.instance.phone];
        const group = await stage.witnesses.group(stage.witness.phone, `By ${addressing}`, members, {
          addressing,
        });
        addresses.set(CHATS[n + 2] ?? '', { number: group.jid, jid: group.jid });
      }
    });
    afterAll(() => stage?.close());

    const send = async (path: string, body: object): Promise<string> =>
      (await stage.call('POST', `/api/message/${path}/:instance`, body)).body.data.messageId;
    const witness = () => stage.witness.client;
    const text = (conversation: string) => ({ conversation });

    describe.each(CHATS)('%s', (name) => {
      const chat = () => {
        const found = addresses.get(name);
        if (!found) throw new Error(`there is no chat ${name}`);
        return found;
      };

      describe('whatsmeow sees what the API sent', () => {
        it.each(SENT_KINDS)('$name', async ({ path, body, seen }) => {
          const id = await send(path, { number: chat().number, ...body });
          const { info, message } = await witness().message(id);
          expect(message).toMatchObject(seen);
          expect(info).toMatchObject({ isFromMe: false, pushName: 'shop' });
        });

        it.each([
          ['audio', 'audioMessage', { mediaBase64: VOICE_NOTE }],
          ['image', 'imageMessage', { mediaBase64: PNG, message: 'Look' }],
          [
            'document',
            'documentMessage',
            { mediaBase64: randomBytes(BYTES).toString('base64'), fileName: 'a.bin' },
          ],
        ])('a file of type %s, byte by byte', async (mediaType, field, body) => {
          const id = await send('media', { number: chat().number, mediaType, ...body });
          const seen = await witness().message(id);
          const file = await witness().download(seen);
          expect(sha256(file, 'base64')).toBe(seen.message[field].fileSHA256);
          const { body: own } = await stage.call('GET', `/api/chat/base64/:instance?messageId=${id}`);
          expect(sha256(file)).toBe(sha256(Buffer.from(own.base64, 'base64')));
        });

        it('a sticker', async () => {
          const id = await send('sticker', {
            number: chat().number,
            imageUrl: `data:image/png;base64,${PNG}`,
          });
          const seen = await witness().message(id);
          const file = await witness().download(seen);
          expect(sha256(file, 'base64')).toBe(seen.message.stickerMessage.fileSHA256);
        });

        it('an answer that quotes', async () => {
          const asked = await witness().send(chat().jid, text('A question'));
          await stage.exchange(asked);
          const id = await send('text', { number: chat().number, message: 'An answer', replyTo: asked });
          const { message } = await witness().message(id);
          expect(message.extendedTextMessage).toMatchObject({
            text: 'An answer',
            contextInfo: { stanzaID: asked, quotedMessage: { conversation: 'A question' } },
          });
        });

        it('a reaction', async () => {
          const asked = await witness().send(chat().jid, text('React to this'));
          const { data } = await stage.exchange(asked);
          const reaction = { messageId: asked, reaction: '👍', participant: data.sender.jid };
          const id = await send('reaction', { number: chat().number, ...reaction });
          const { message } = await witness().message(id);
          expect(message.reactionMessage).toMatchObject({ text: '👍', key: { ID: asked } });
        });

        it('an edit and a revocation', async () => {
          const id = await send('text', { number: chat().number, message: 'Befor' });
          await witness().message(id);
          const about = (type: string) =>
            witness().message(
              ({ message: { protocolMessage } }) =>
                protocolMessage?.key?.ID === id && (protocolMessage.type ?? 'REVOKE') === type,
            );
          await stage.call('POST', '/api/chat/edit/:instance', { messageId: id, content: 'Before' });
          const edit = await about('MESSAGE_EDIT');
          expect(JSON.stringify(edit.message.protocolMessage.editedMessage)).toContain('Before');
          await stage.call('DELETE', '/api/chat/delete/:instance', {
            messageId: id,
            deleteForEveryone: true,
          });
          await about('REVOKE');
        });

        it('that its message was read', async () => {
          const asked = await witness().send(chat().jid, text('Read me'));
          const { data } = await stage.exchange(asked);
          await stage.call('POST', '/api/chat/markRead/:instance', {
            messageId: asked,
            number: chat().number,
            sender: data.sender.jid,
          });
          await witness().expect(
            'message:receipt',
            'the read receipt',
            (receipt) => receipt.type === 'read' && receipt.ids.includes(asked),
          );
        });
      });

      describe('the gateway reports what whatsmeow sent', () => {
        it.each(RECEIVED_KINDS)('$name', async ({ message, event }) => {
          const id = await witness().send(chat().jid, message);
          const { data } = await stage.exchange(id);
          expect(data.message).toMatchObject(event);
          expect(data).toMatchObject({
            direction: 'incoming',
            sender: { jid: stage.addresses.witness.jid, lid: stage.addresses.witness.lid, name: 'Witness' },
          });
        });

        it.each(RECEIVED_FILES)('$name, byte by byte', async ({ kind, field, more, type, media }) => {
          const file = randomBytes(BYTES);
          const message = { ...(await witness().upload(file, kind)), ...more, mimetype: media.mimeType };
          const id = await witness().send(chat().jid, { [field]: message });
          const { data } = await stage.exchange(id);
          expect(data.message).toMatchObject({ type, media: { size: BYTES, ...media } });
          const { body } = await stage.call('GET', `/api/chat/base64/:instance?messageId=${id}`);
          expect(sha256(Buffer.from(body.base64, 'base64'))).toBe(sha256(file));
        });

        it('an answer that quotes', async () => {
          const asked = await send('text', { number: chat().number, message: 'A question' });
          const { info } = await witness().message(asked);
          const contextInfo = {
            stanzaID: asked,
            participant: info.sender.replace(/:\d+@/, '@'),
            quotedMessage: text('A question'),
          };
          const id = await witness().send(chat().jid, {
            extendedTextMessage: { text: 'An answer', contextInfo },
          });
          const { data } = await stage.exchange(id);
          expect(data.message).toMatchObject({
            content: 'An answer',
            reply: { message_id: asked, text: 'A question' },
          });
        });

        it('a reaction', async () => {
          const asked = await send('text', { number: chat().number, message: 'React to this' });
          const { info } = await witness().message(asked);
          const { id } = await witness().call<{ id: string }>('sendReaction', {
            chat: info.chat,
            sender: info.sender,
            id: asked,
            reaction: '❤️',
          });
          const { data } = await stage.exchange(id);
          expect(data.message).toMatchObject({
            type: 'reaction',
            reaction: { emoji: '❤️', messageId: asked, fromMe: true },
          });
        });

        it('an edit and a revocation', async () => {
          const own = await witness().send(chat().jid, text('Befor'));
          await stage.exchange(own);
          const { id } = await witness().call<{ id: string }>('editMessage', {
            chat: chat().jid,
            id: own,
            message: text('Before'),
          });
          const edit = await stage.exchange(id);
          expect(edit.data.message).toMatchObject({
            type: 'message_edit',
            content: 'Before',
            edit: { original_id: own, text: 'Before' },
          });
          await witness().call('revokeMessage', { chat: chat().jid, sender: '', id: own });
          await stage.events.expect(
            'the revocation',
            ({ event, data }) =>
              event === 'message.exchange' &&
              data.message.type === 'message_revoke' &&
              data.message.revoke.original_id === own,
          );
        });

        it('a poll and a vote in a poll of its own', async () => {
          const { id: theirs } = await witness().call<{ id: string }>('sendPollCreation', {
            jid: chat().jid,
            name: 'Tea or coffee?',
            options: ['Tea', 'Coffee'],
            selectableCount: 1,
          });
          const poll = await stage.exchange(theirs);
          expect(poll.data.message).toMatchObject({
            type: 'poll',
            poll: { title: 'Tea or coffee?', options: [{ name: 'Tea' }, { name: 'Coffee' }] },
          });
          const own = await send('poll', { number: chat().number, question: 'N or S?', options: ['N', 'S'] });
          const { info } = await witness().message(own);
          const { id } = await witness().call<{ id: string }>('sendPollVote', {
            pollChat: info.chat,
            pollSender: info.sender,
            pollId: own,
            pollTimestamp: info.timestamp,
            options: ['S'],
          });
          const { data } = await stage.exchange(id);
          expect(data.message.type).toBe('poll_vote');
          expect(JSON.stringify(data.message.poll_vote)).toContain('"S"');
        });

        it('that its message was delivered and read', async () => {
          const own = await send('text', { number: chat().number, message: 'Read me' });
          const { info } = await witness().message(own);
          await witness().call('markRead', { ids: [own], chat: info.chat, sender: info.sender });
          await stage.events.expect(
            'the status read',
            ({ event, data }) =>
              event === 'message.status' && JSON.stringify(data).includes(own) && data.status === 'read',
          );
        });
      });
    });

    it('had no message that one of the two could not decrypt', () => {
      expect(stage.events.all().filter(({ event }) => event === 'message.undecryptable')).toEqual([]);
    });
  },
);

function sha256(bytes: Uint8Array, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('sha256').update(bytes).digest(encoding);
}
