import { describe, expect, test } from 'vitest';
import { proto } from '../proto.ts';
import { readWire } from './testing/read-wire.ts';

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
    expect(readWire(message)).toMatchObject({ type, content: 'Choose' });
    expect(readWire(message)?.interactive).toEqual(interactive);
  });

  test('a shop is none of them', () => {
    const shop = { interactiveMessage: { body: { text: 'x' }, shopStorefrontMessage: { id: '1' } } };
    expect(readWire(shop)).toMatchObject({ type: 'unknown', content: '' });
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
    expect(readWire(message)).toMatchObject({ type, ...blocks });
  });

  test('the label of a form is its title and not its text', () => {
    const { EXTENSIONS_1 } = proto.Message.InteractiveResponseMessage.Body.Format;
    const nativeFlowResponseMessage = { name: 'flow', paramsJson: '{"flow_token":"t"}' };
    const body = { text: 'Sent', format: EXTENSIONS_1 };
    const content = readWire({ interactiveResponseMessage: { body, nativeFlowResponseMessage } });
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
    expect(readWire({ templateButtonReplyMessage })).toMatchObject({
      interactive: { selectedCarouselCardIndex: 1 },
      button_response: { body: 'Card two' },
    });
  });
});
