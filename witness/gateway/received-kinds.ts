import type { UploadKind } from '../whatsmeow/whatsmeow.ts';

/** What whatsmeow sends, and what the event of the gateway has to say of it. */
export interface ReceivedKind {
  name: string;
  /** WhatsApp's protobuf message as protojson reads it. */
  message: object;
  /** Fields of the event's `message`, as far as they are compared. */
  event: object;
}

const VCARD = 'BEGIN:VCARD\nVERSION:3.0\nFN:Maria Souza\nTEL;waid=5511888888888:+55 11 88888-8888\nEND:VCARD';
const flow = (name: string, params: object) => ({
  nativeFlowMessage: { buttons: [{ name, buttonParamsJSON: JSON.stringify(params) }], messageVersion: 1 },
});

/** Every kind that whatsmeow can send as a message of its own, except files, polls and what is about a message. */
export const RECEIVED_KINDS: ReceivedKind[] = [
  { name: 'a text', message: { conversation: 'Hello' }, event: { type: 'text', content: 'Hello' } },
  {
    name: 'a text that was forwarded often',
    message: {
      extendedTextMessage: { text: 'Hello', contextInfo: { isForwarded: true, forwardingScore: 5 } },
    },
    event: { type: 'text', content: 'Hello', isForwarded: true },
  },
  {
    name: 'a location',
    message: {
      locationMessage: { degreesLatitude: -23.5614, degreesLongitude: -46.6558, name: 'Blue Store' },
    },
    event: {
      type: 'location',
      location: { latitude: -23.5614, longitude: -46.6558, name: 'Blue Store', isLive: false },
    },
  },
  {
    name: 'a live location',
    message: { liveLocationMessage: { degreesLatitude: 1, degreesLongitude: 2 } },
    event: { type: 'location', location: { latitude: 1, longitude: 2, isLive: true } },
  },
  {
    name: 'a contact',
    message: { contactMessage: { displayName: 'Maria Souza', vcard: VCARD } },
    event: { type: 'contact', contact: { display_name: 'Maria Souza', phone_number: '5511888888888' } },
  },
  {
    name: 'contacts',
    message: {
      contactsArrayMessage: {
        displayName: '2 contacts',
        contacts: [
          { displayName: 'Maria Souza', vcard: VCARD },
          { displayName: 'Eva Lima', vcard: VCARD },
        ],
      },
    },
    event: { contacts: [{ display_name: 'Maria Souza' }, { display_name: 'Eva Lima' }] },
  },
  {
    name: 'buttons',
    message: {
      interactiveMessage: {
        body: { text: 'Do you confirm?' },
        ...flow('quick_reply', { display_text: 'Yes', id: 'yes' }),
      },
    },
    event: {
      type: 'buttons',
      interactive: { body: 'Do you confirm?', buttons: [{ id: 'yes', displayText: 'Yes' }] },
    },
  },
  {
    name: 'the answer to buttons',
    message: {
      templateButtonReplyMessage: { selectedID: 'yes', selectedDisplayText: 'Yes', selectedIndex: 0 },
    },
    event: { type: 'buttons_response', button_response: { selected_button_id: 'yes', title: 'Yes' } },
  },
  {
    name: 'the answer to a list',
    message: {
      listResponseMessage: {
        title: 'Sales',
        listType: 'SINGLE_SELECT',
        singleSelectReply: { selectedRowID: 'sales' },
      },
    },
    event: { type: 'list_response', list_response: { single_select_reply: { selected_row_id: 'sales' } } },
  },
];

/** Files that whatsmeow sends: `kind` is the one that it uploads them as, `more` makes them another one on the screen. */
export const RECEIVED_FILES: {
  name: string;
  kind: UploadKind;
  field: string;
  more: object;
  type: string;
  media: { mimeType: string; [field: string]: unknown };
}[] = [
  {
    name: 'an image',
    kind: 'image',
    field: 'imageMessage',
    more: { caption: 'Look' },
    type: 'image',
    media: { mimeType: 'image/jpeg', caption: 'Look' },
  },
  {
    name: 'a video',
    kind: 'video',
    field: 'videoMessage',
    more: { seconds: 14 },
    type: 'video',
    media: { mimeType: 'video/mp4', duration: 14 },
  },
  {
    name: 'a GIF',
    kind: 'video',
    field: 'videoMessage',
    more: { gifPlayback: true },
    type: 'video',
    media: { mimeType: 'video/mp4', isAnimated: true },
  },
  {
    name: 'a video note',
    kind: 'video',
    field: 'ptvMessage',
    more: {},
    type: 'video',
    media: { mimeType: 'video/mp4', type: 'ptv' },
  },
  {
    name: 'audio',
    kind: 'audio',
    field: 'audioMessage',
    more: {},
    type: 'audio',
    media: { mimeType: 'audio/mp4', isVoiceNote: false },
  },
  {
    name: 'a voice note',
    kind: 'audio',
    field: 'audioMessage',
    more: { PTT: true },
    type: 'audio',
    media: { mimeType: 'audio/ogg; codecs=opus', isVoiceNote: true },
  },
  {
    name: 'a document',
    kind: 'document',
    field: 'documentMessage',
    more: { fileName: 'a.pdf' },
    type: 'document',
    media: { mimeType: 'application/pdf', fileName: 'a.pdf' },
  },
  {
    name: 'a sticker',
    kind: 'image',
    field: 'stickerMessage',
    more: {},
    type: 'sticker',
    media: { mimeType: 'image/webp' },
  },
];
