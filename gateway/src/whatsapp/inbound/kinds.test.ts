import { describe, expect, test } from 'vitest';
import { proto } from '../proto.ts';
import type { Content } from './content.ts';
import { readContent } from './read.ts';

/** As it arrives: through the wire form, so that fields have the shapes that decoding gives them. */
function read(message: proto.IMessage): Content | null {
  return readContent(proto.Message.decode(proto.Message.encode(message).finish()));
}

const file = { url: 'https://mmg.whatsapp.net/v/1.enc', mimetype: 'x/y', fileLength: 81_234 };
const noMedia = {
  mimeType: 'x/y',
  mimetype: 'x/y',
  url: file.url,
  s3Url: null,
  base64: null,
  fileName: null,
  caption: null,
  size: 81_234,
  duration: null,
  width: null,
  height: null,
  isVoiceNote: false,
  isAnimated: false,
  isViewOnce: false,
  error: null,
};

describe('media', () => {
  test.each<[string, proto.IMessage, string, string, object]>([
    [
      'an image',
      { imageMessage: { ...file, caption: 'Look', width: 1280, height: 960 } },
      'image',
      'Look',
      { type: 'image', caption: 'Look', width: 1280, height: 960 },
    ],
    ['a video', { videoMessage: { ...file, seconds: 14 } }, 'video', '', { type: 'video', duration: 14 }],
    [
      'a GIF',
      { videoMessage: { ...file, gifPlayback: true } },
      'video',
      '',
      { type: 'video', isAnimated: true },
    ],
    ['a video note', { ptvMessage: { ...file, seconds: 3 } }, 'video', '', { type: 'ptv', duration: 3 }],
    ['audio', { audioMessage: { ...file, seconds: 96 } }, 'audio', '', { type: 'audio', duration: 96 }],
    [
      'a voice note',
      { audioMessage: { ...file, ptt: true, seconds: 12 } },
      'audio',
      '',
      { type: 'ptt', isVoiceNote: true, duration: 12 },
    ],
    [
      'a document',
      { documentMessage: { ...file, fileName: 'a.pdf', title: 'A' } },
      'document',
      '',
      { type: 'document', fileName: 'a.pdf' },
    ],
    [
      'a document with a caption',
      { documentWithCaptionMessage: { message: { documentMessage: { ...file, title: 'a', caption: 'C' } } } },
      'document',
      'C',
      { type: 'document', fileName: 'a', caption: 'C' },
    ],
    [
      'a sticker',
      { stickerMessage: { ...file, width: 512, height: 512 } },
      'sticker',
      '',
      { type: 'sticker', width: 512, height: 512 },
    ],
    [
      'an animated sticker',
      { lottieStickerMessage: { message: { stickerMessage: { ...file, isLottie: true } } } },
      'sticker',
      '',
      { type: 'sticker', isAnimated: true },
    ],
    [
      'an image to be seen once',
      { viewOnceMessageV2: { message: { imageMessage: file } } },
      'image',
      '',
      { type: 'image', isViewOnce: true },
    ],
    [
      'a voice note to be heard once',
      { viewOnceMessageV2Extension: { message: { audioMessage: { ...file, ptt: true } } } },
      'audio',
      '',
      { type: 'ptt', isVoiceNote: true, isViewOnce: true },
    ],
    [
      'media that says itself that it is to be seen once',
      { videoMessage: { ...file, viewOnce: true } },
      'video',
      '',
      { type: 'video', isViewOnce: true },
    ],
    [
      'a file of which only the path is known',
      { imageMessage: { ...file, url: null, directPath: '/v/2.enc' } },
      'image',
      '',
      { type: 'image', url: 'https://mmg.whatsapp.net/v/2.enc' },
    ],
  ])('%s', (_, message, type, content, media) => {
    expect(read(message)).toMatchObject({ type, content, media: { ...noMedia, ...media } });
  });
});

describe('location', () => {
  const at = { degreesLatitude: -23.5614, degreesLongitude: -46.6558 };
  test.each<[proto.Message.ILocationMessage, string]>([
    [
      { ...at, name: 'Blue Store', address: 'Av. Paulista, 1000' },
      '📍 Blue Store\nAv. Paulista, 1000\nLat: -23.5614, Long: -46.6558',
    ],
    [{ ...at, name: 'Blue Store' }, '📍 Blue Store\nLat: -23.5614, Long: -46.6558'],
    [{ ...at, address: 'Av. Paulista' }, '📍 Av. Paulista\nLat: -23.5614, Long: -46.6558'],
    [at, '📍\nLat: -23.5614, Long: -46.6558'],
    [{ degreesLatitude: Number.NaN, degreesLongitude: Number.POSITIVE_INFINITY }, '📍'],
  ])('%j reads %j', (locationMessage, content) => {
    expect(read({ locationMessage })).toMatchObject({ type: 'location', content });
  });

  test('one that moves is live', () => {
    expect(read({ liveLocationMessage: at })?.location).toEqual({
      latitude: -23.5614,
      longitude: -46.6558,
      name: null,
      address: null,
      url: null,
      isLive: true,
    });
  });
});

describe('the telephone number of a contact', () => {
  test.each<[string, string | null]>([
    ['TEL;type=CELL;waid=5511666666666:+55 11 66666-6666', '5511666666666'],
    ['TEL:+1 234\nTEL;waid=5511666666666:+55', '5511666666666'],
    ['TEL;TYPE=HOME:+55 (11) 5555-5555\nTEL:1', '551155555555'],
    ['item1.TEL;waid=491:x', '491'],
    ['NOTE:TEL:123', null],
    ['', null],
  ])('of %j is %s', (vcard, phone_number) => {
    const contactMessage = { displayName: 'Maria', vcard };
    expect(read({ contactMessage })).toMatchObject({ content: 'Maria', contacts: [{ phone_number, vcard }] });
  });
});

describe('interactive cards', () => {
  const flow = (...buttons: [string, object][]): proto.IMessage => ({
    interactiveMessage: {
      header: { title: 'Shop' },
      body: { text: 'Choose' },
      footer: { text: 'Thanks' },
      nativeFlowMessage: {
        buttons: buttons.map(([name, params]) => ({ name, buttonParamsJson: JSON.stringify(params) })),
      },
    },
  });
  const shown = { title: 'Shop', body: 'Choose', footer: 'Thanks' };
  const rows = [{ id: 'fin', title: 'Finance', description: 'Invoices' }];

  test.each<[string, proto.IMessage, string, object]>([
    [
      'buttons in their oldest form',
      {
        buttonsMessage: {
          text: 'Shop',
          contentText: 'Choose',
          footerText: 'Thanks',
          buttons: [{ buttonId: 'yes', buttonText: { displayText: 'Yes' } }],
        },
      },
      'buttons',
      { kind: 'buttons', ...shown, buttons: [{ id: 'yes', displayText: 'Yes', type: 'REPLY' }] },
    ],
    [
      'buttons of a template',
      {
        templateMessage: {
          hydratedTemplate: {
            hydratedTitleText: 'Shop',
            hydratedContentText: 'Choose',
            hydratedFooterText: 'Thanks',
            hydratedButtons: [
              { quickReplyButton: { id: 'yes', displayText: 'Yes' } },
              { urlButton: { displayText: 'Site', url: 'https://a.example' } },
              { callButton: { displayText: 'Call', phoneNumber: '+551' } },
            ],
          },
        },
      },
      'buttons',
      {
        kind: 'buttons',
        ...shown,
        buttons: [
          { id: 'yes', displayText: 'Yes', type: 'REPLY' },
          { id: 'https://a.example', displayText: 'Site', type: 'URL' },
          { id: '+551', displayText: 'Call', type: 'CALL' },
        ],
      },
    ],
    [
      'buttons as native flows',
      flow(
        ['quick_reply', { display_text: 'Yes', id: 'yes' }],
        ['cta_url', { display_text: 'Site', url: 'https://a.example' }],
        ['cta_call', { display_text: 'Call', phone_number: '+551' }],
        ['cta_copy', { display_text: 'Copy', copy_code: 'X1' }],
      ),
      'buttons',
      {
        kind: 'buttons',
        ...shown,
        buttons: [
          { id: 'yes', displayText: 'Yes', type: 'REPLY' },
          { id: 'https://a.example', displayText: 'Site', type: 'URL' },
          { id: '+551', displayText: 'Call', type: 'CALL' },
          { id: 'X1', displayText: 'Copy', type: 'COPY' },
        ],
      },
    ],
    [
      'a list in its oldest form',
      {
        listMessage: {
          title: 'Shop',
          description: 'Choose',
          footerText: 'Thanks',
          buttonText: 'Open',
          sections: [{ title: 'Desks', rows: [{ rowId: 'fin', title: 'Finance', description: 'Invoices' }] }],
        },
      },
      'list',
      { kind: 'list', ...shown, buttonText: 'Open', sections: [{ title: 'Desks', rows }] },
    ],
    [
      'a list as a native flow',
      flow(['single_select', { title: 'Open', sections: [{ title: 'Desks', rows }] }]),
      'list',
      { kind: 'list', ...shown, buttonText: 'Open', sections: [{ title: 'Desks', rows }] },
    ],
    [
      'a form',
      flow(['galaxy_message', { flow_cta: 'Continue', flow_token: 't' }]),
      'interactive',
      {
        kind: 'flow',
        ...shown,
        buttons: [
          {
            id: '{"flow_cta":"Continue","flow_token":"t"}',
            displayText: 'Continue',
            type: 'galaxy_message',
          },
        ],
      },
    ],
    [
      'a carousel',
      {
        interactiveMessage: {
          body: { text: 'Choose' },
          footer: { text: 'Thanks' },
          carouselMessage: {
            cards: [
              {
                header: { title: 'One', subtitle: 'first' },
                body: { text: 'Card one' },
                footer: { text: 'end' },
                nativeFlowMessage: {
                  buttons: [{ name: 'quick_reply', buttonParamsJson: '{"display_text":"Take","id":"t1"}' }],
                },
              },
            ],
          },
        },
      },
      'interactive',
      {
        kind: 'carousel',
        body: 'Choose',
        footer: 'Thanks',
        cards: [
          {
            title: 'One',
            subtitle: 'first',
            body: 'Card one',
            footer: 'end',
            buttons: [{ id: 't1', displayText: 'Take', type: 'REPLY' }],
          },
        ],
      },
    ],
  ])('%s', (_, message, type, interactive) => {
    expect(read(message)).toMatchObject({ type, content: 'Choose' });
    expect(read(message)?.interactive).toEqual(interactive);
  });

  test('a shop is none of them', () => {
    const shop = { interactiveMessage: { body: { text: 'x' }, shopStorefrontMessage: { id: '1' } } };
    expect(read(shop)).toMatchObject({ type: 'unknown', content: '' });
  });
});

describe('answers', () => {
  const quotedMessage = { buttonsMessage: { contentText: 'Do you confirm?' } };
  const contextInfo = { stanzaId: 'A', participant: '1@lid', quotedMessage };
  const native = (name: string, params: unknown, text = 'Yes'): proto.IMessage => ({
    interactiveResponseMessage: {
      body: { text },
      nativeFlowResponseMessage: {
        name,
        paramsJson: typeof params === 'string' ? params : JSON.stringify(params),
      },
      contextInfo,
    },
  });
  const tap = {
    interactive: { kind: 'buttons_response', title: 'Yes', selectedButtonId: 'yes' },
    button_response: { title: 'Yes', body: 'Do you confirm?', selected_button_id: 'yes' },
  };
  const choice = {
    interactive: {
      kind: 'list_response',
      title: 'Finance',
      selectedRowId: 'fin',
      selectedReply: { selectedRowID: 'fin' },
    },
    list_response: {
      title: 'Finance',
      body: 'Invoices',
      single_select_reply: { option_name: 'fin', selected_row_id: 'fin' },
    },
  };
  const row = { id: 'fin', title: 'Finance', description: 'Invoices' };

  test.each<[string, proto.IMessage, string, object]>([
    [
      'a buttons-response',
      { buttonsResponseMessage: { selectedButtonId: 'yes', selectedDisplayText: 'Yes', contextInfo } },
      'buttons_response',
      tap,
    ],
    [
      'a template-button-reply',
      { templateButtonReplyMessage: { selectedId: 'yes', selectedDisplayText: 'Yes', contextInfo } },
      'buttons_response',
      tap,
    ],
    ['a quick reply', native('quick_reply', { id: 'yes' }), 'buttons_response', tap],
    [
      'a list-response',
      {
        listResponseMessage: {
          title: 'Finance',
          description: 'Invoices',
          singleSelectReply: { selectedRowId: 'fin' },
        },
      },
      'list_response',
      choice,
    ],
    ['a menu option', native('menu_options', row, ''), 'list_response', choice],
    ['a single select', native('single_select', row, 'Finance'), 'list_response', choice],
    [
      'parameters with a flow token',
      native('flow', { flow_token: 't', id: 'x' }),
      'interactive_response',
      {
        content: 'Yes',
        interactive: {
          kind: 'flow_response',
          title: 'Yes',
          flow_name: 'flow',
          flow_token: 't',
          params: { flow_token: 't', id: 'x' },
          paramsJson: '{"flow_token":"t","id":"x"}',
        },
      },
    ],
    [
      'parameters without an id',
      native('address_message', { saved: 1, id: 5 }),
      'interactive_response',
      { interactive: { kind: 'flow_response', flow_name: 'address_message', params: { saved: 1, id: 5 } } },
    ],
    [
      'parameters that are no JSON',
      native('flow', '{{'),
      'interactive_response',
      { interactive: { kind: 'flow_response', title: 'Yes', flow_name: 'flow', paramsJson: '{{' } },
    ],
  ])('%s', (_, message, type, blocks) => {
    expect(read(message)).toMatchObject({ type, ...blocks });
  });

  test('the label of a form is its title and not its text', () => {
    const { EXTENSIONS_1 } = proto.Message.InteractiveResponseMessage.Body.Format;
    const nativeFlowResponseMessage = { name: 'flow', paramsJson: '{"flow_token":"t"}' };
    const body = { text: 'Sent', format: EXTENSIONS_1 };
    const content = read({ interactiveResponseMessage: { body, nativeFlowResponseMessage } });
    expect(content).toMatchObject({ content: '', interactive: { title: 'Sent' } });
  });

  test('a tap in a carousel names the card and its text', () => {
    const cards = [{ body: { text: 'Card one' } }, { body: { text: 'Card two' } }];
    const templateButtonReplyMessage = {
      selectedId: 't2',
      selectedDisplayText: 'Take',
      selectedCarouselCardIndex: 1,
      contextInfo: {
        stanzaId: 'A',
        quotedMessage: { interactiveMessage: { body: { text: 'All' }, carouselMessage: { cards } } },
      },
    };
    expect(read({ templateButtonReplyMessage })).toMatchObject({
      interactive: { selectedCarouselCardIndex: 1 },
      button_response: { body: 'Card two' },
    });
  });
});

test('a calendar event has every key, unset ones null', () => {
  const eventMessage = { name: 'Planning', startTime: 1_777_372_200, isCanceled: false };
  expect(read({ eventMessage })?.event).toEqual({
    name: 'Planning',
    description: null,
    startAt: '2026-04-28T10:30:00Z',
    endAt: null,
    location: null,
    joinLink: null,
    isScheduleCall: null,
    hasReminder: null,
    reminderOffsetSec: null,
    extraGuestsAllowed: null,
    isCanceled: false,
  });
});

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
    const json = JSON.stringify(read(message));
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
    expect(read(message)).toMatchObject(expected);
  });

  test('half a character is none', () => {
    expect(readContent({ conversation: 'a\ud800' })?.content).toBe('a\ufffd');
  });
});
