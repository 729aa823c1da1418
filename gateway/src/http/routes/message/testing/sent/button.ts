import { HARMLESS, HOSTILE, type SentKind } from './table.ts';

const message = 'Buttons sent successfully';
const url = 'https://example.com/a?b=c#d';

export const button: SentKind = {
  path: '/api/message/button/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'reply buttons with header and footer; one that looks like a link is one too',
      body: {
        contentText: 'Do you confirm the order?',
        headerText: 'Order 7',
        footerText: 'Blue Store',
        buttons: [
          { id: 'confirm', displayText: 'Yes' },
          { id: 'https://example.com', displayText: 'https://example.com', type: null },
          { id: 'c', displayText: 'Later', type: 'REPLY' },
        ],
      },
      message,
      data: { messageType: 'buttons', content: 'Do you confirm the order?' },
      shows: {
        kind: 'interactive',
        text: 'Do you confirm the order?',
        interactive: {
          title: 'Order 7',
          body: 'Do you confirm the order?',
          footer: 'Blue Store',
          buttons: [
            { flow: 'quick_reply', params: { display_text: 'Yes', id: 'confirm' } },
            { flow: 'quick_reply', params: { id: 'https://example.com' } },
            { flow: 'quick_reply', params: { display_text: 'Later', id: 'c' } },
          ],
        },
      },
    },
    {
      name: 'a link, a call and a code',
      body: {
        contentText: 'Choose',
        buttons: [
          { id: url, displayText: 'Open', type: 'URL' },
          { id: '+55 11 88888-8888', displayText: 'Call', type: 'CALL' },
          { id: 'BACK10', displayText: 'Copy', type: 'COPY' },
        ],
      },
      message,
      data: { messageType: 'buttons', content: 'Choose' },
      shows: {
        kind: 'interactive',
        interactive: {
          buttons: [
            { flow: 'cta_url', params: { display_text: 'Open', url } },
            { flow: 'cta_call', params: { display_text: 'Call', phone_number: '+5511888888888' } },
            { flow: 'cta_copy', params: { display_text: 'Copy', copy_code: 'BACK10' } },
          ],
        },
      },
    },
    {
      name: 'hostile words',
      body: { contentText: HOSTILE, buttons: [{ id: HOSTILE, displayText: HOSTILE }] },
      to: 'person',
      message,
      data: { messageType: 'buttons', content: HARMLESS },
      shows: {
        kind: 'interactive',
        interactive: {
          body: HARMLESS,
          buttons: [{ flow: 'quick_reply', params: { display_text: HARMLESS, id: HARMLESS } }],
        },
      },
    },
  ],
};
