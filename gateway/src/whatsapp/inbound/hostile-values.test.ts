import { describe, expect, test } from 'vitest';
import type { proto } from '../proto.ts';
import { readContent } from './read.ts';
import { readWire } from './testing/read-wire.ts';

describe('hostile values', () => {
  const huge = 'x'.repeat(10_000_000);
  const many = <T>(item: T) => Array.from({ length: 50_000 }, () => item);
  const deepJson = `{"id":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;

  test.each<[string, proto.IMessage]>([
    ['a text of 10 MB', { conversation: huge }],
    ['a caption and a name of 10 MB', { documentMessage: { caption: huge, fileName: huge, mimetype: huge } }],
    [
      'a quote of 10 MB',
      {
        extendedTextMessage: {
          text: 'x',
          contextInfo: { stanzaId: huge, quotedMessage: { conversation: huge } },
        },
      },
    ],
    [
      'fifty thousand mentions',
      { extendedTextMessage: { text: 'x', contextInfo: { mentionedJid: many('1@lid') } } },
    ],
    [
      'fifty thousand cards',
      { contactsArrayMessage: { contacts: many({ displayName: huge.slice(0, 100), vcard: 'TEL:1' }) } },
    ],
    ['a card of 10 MB', { contactMessage: { displayName: 'x', vcard: 'TEL '.repeat(2_500_000) } }],
    ['fifty thousand options', { pollCreationMessage: { name: huge, options: many({ optionName: 'x' }) } }],
    ['fifty thousand buttons', { buttonsMessage: { contentText: 'x', buttons: many({ buttonId: 'x' }) } }],
    [
      'fifty thousand sections',
      { listMessage: { description: 'x', sections: many({ rows: [{ rowId: 'x' }] }) } },
    ],
    [
      'parameters of 10 MB',
      {
        interactiveResponseMessage: {
          nativeFlowResponseMessage: { paramsJson: JSON.stringify({ id: huge }) },
        },
      },
    ],
    [
      'parameters nested without end',
      { interactiveResponseMessage: { nativeFlowResponseMessage: { paramsJson: deepJson } } },
    ],
    [
      'parameters that name a prototype',
      {
        interactiveResponseMessage: {
          nativeFlowResponseMessage: { paramsJson: '{"__proto__":{"id":"x"},"constructor":1}' },
        },
      },
    ],
    ['a long name of an event', { eventMessage: { name: huge, description: huge, joinLink: huge } }],
  ])('%s stay within a megabyte or so, and JSON holds them', (_, message) => {
    const json = JSON.stringify(readWire(message));
    expect(json.length).toBeLessThan(2_000_000);
  });

  test.each<[string, proto.IMessage, object]>([
    [
      'a length beyond what numbers hold',
      { imageMessage: { fileLength: 2 ** 60, width: -5, height: 7 } },
      { media: { size: null, width: null, height: 7 } },
    ],
    ['a negative duration', { audioMessage: { seconds: -1 } }, { media: { duration: null } }],
    [
      'a time beyond the calendar',
      { eventMessage: { startTime: 2 ** 52, endTime: -1, reminderOffsetSec: -9 } },
      { event: { startAt: null, endAt: null, reminderOffsetSec: null } },
    ],
    [
      'a count of answers below zero',
      { pollCreationMessageV3: { selectableOptionsCount: -1 } },
      { poll: { maxAnswer: 0 } },
    ],
    [
      'a reaction to nothing',
      { reactionMessage: { text: '👍' } },
      { reaction: { message_id: '', fromMe: false } },
    ],
    [
      'a vote in nothing',
      { pollUpdateMessage: {} },
      { poll_vote: { poll_message_id: '', decrypted: false } },
    ],
    ['a list of nothing', { listMessage: {} }, { type: 'list', content: '', interactive: { sections: [] } }],
    ['a choice of nothing', { listResponseMessage: {} }, { list_response: { title: '', body: '' } }],
    [
      'a flow of nothing',
      { interactiveMessage: {} },
      { type: 'interactive', interactive: { kind: 'flow', buttons: [] } },
    ],
  ])('%s is read as what it can be', (_, message, expected) => {
    expect(readWire(message)).toMatchObject(expected);
  });

  test('half a character is none', () => {
    expect(readContent({ conversation: 'a\ud800' })?.content).toBe('a\ufffd');
  });
});
