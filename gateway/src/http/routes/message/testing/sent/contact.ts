import { expect } from 'vitest';
import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Contact sent successfully';
const maria = {
  fullName: 'Maria Souza',
  phone: '+55 (11) 88888-8888',
  organization: 'Blue Store; Ltd',
  email: 'maria@example.com',
  url: 'https://example.com',
};
const rui = { fullName: 'Rui', phone: '5511777777777' };

const MARIA = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'N:;Maria Souza;;;',
  'FN:Maria Souza',
  'ORG:Blue Store\\; Ltd',
  'TEL;type=CELL;type=VOICE;waid=5511888888888:+5511888888888',
  'EMAIL:maria@example.com',
  'URL:https://example.com',
  'END:VCARD',
].join('\n');
const RUI = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'N:;Rui;;;',
  'FN:Rui',
  'TEL;type=CELL;type=VOICE;waid=5511777777777:+5511777777777',
  'END:VCARD',
].join('\n');

export const contact: SentKind = {
  path: '/api/message/contact/:instance',
  replies: 'here',
  posts: true,
  cases: [
    {
      name: 'one card',
      body: { vcard: [maria] },
      message,
      data: { messageType: 'contact', content: 'Maria Souza', vcard: [maria] },
      shows: { kind: 'contact', contacts: [{ name: 'Maria Souza', vcard: MARIA }] },
    },
    {
      name: 'a card in the older form',
      body: { vcard: { ...rui, organization: null, email: '' } },
      to: 'person',
      message,
      data: { messageType: 'contact', content: 'Rui', vcard: [rui] },
      shows: { kind: 'contact', contacts: [{ name: 'Rui', vcard: RUI }] },
    },
    {
      name: 'several cards',
      body: { vcard: [maria, rui] },
      message: '2 contacts sent successfully in one message',
      data: { messageType: 'contacts', content: 'Maria Souza, Rui', vcard: [maria, rui] },
      shows: {
        kind: 'contacts',
        contacts: [
          { name: 'Maria Souza', vcard: MARIA },
          { name: 'Rui', vcard: RUI },
        ],
      },
    },
    {
      name: 'a name that tries to add lines',
      body: { vcard: [{ ...rui, fullName: 'Rui\r\nTEL:+1,2' }] },
      to: 'person',
      message,
      data: {
        messageType: 'contact',
        content: 'Rui\r\nTEL:+1,2',
        vcard: [{ ...rui, fullName: 'Rui\r\nTEL:+1,2' }],
      },
      shows: { contacts: [{ vcard: expect.stringContaining('\nFN:Rui\\nTEL:+1\\,2\nTEL;type') }] },
    },
    {
      name: 'a hostile name',
      body: { vcard: [{ ...rui, fullName: HOSTILE, __proto__: null }] },
      to: 'person',
      message,
      data: { messageType: 'contact', content: HARMLESS, vcard: [{ ...rui, fullName: HARMLESS }] },
      shows: { kind: 'contact', contacts: [{ name: HARMLESS }] },
    },
  ],
};
