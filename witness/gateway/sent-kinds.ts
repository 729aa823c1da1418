/** What a test sends through the API, and what whatsmeow has to see of it. */
export interface SentKind {
  name: string;
  /** Behind `/api/message/`. */
  path: string;
  body: object;
  /** WhatsApp's protobuf message as protojson writes it, as far as it is compared. */
  seen: object;
}

const MARIA = { fullName: 'Maria Souza', phone: '5511888888888' };
const EVA = { fullName: 'Eva Lima', phone: '5511777777777' };

/** Buttons of an interactive message: their name on the wire. */
const flow = (...names: string[]) => ({ nativeFlowMessage: { buttons: names.map((name) => ({ name })) } });

/** Every kind that the API can send, except files, which have a test of their own. */
export const SENT_KINDS: SentKind[] = [
  { name: 'a text', path: 'text', body: { message: 'Hello' }, seen: { conversation: 'Hello' } },
  {
    name: 'a location',
    path: 'location',
    body: { latitude: -23.5614, longitude: -46.6558, name: 'Blue Store', address: 'Av. Paulista, 1000' },
    seen: {
      locationMessage: {
        degreesLatitude: -23.5614,
        degreesLongitude: -46.6558,
        name: 'Blue Store',
        address: 'Av. Paulista, 1000',
      },
    },
  },
  {
    name: 'a contact',
    path: 'contact',
    body: { vcard: [MARIA] },
    seen: { contactMessage: { displayName: 'Maria Souza' } },
  },
  {
    name: 'contacts',
    path: 'contact',
    body: { vcard: [MARIA, EVA] },
    seen: {
      contactsArrayMessage: { contacts: [{ displayName: 'Maria Souza' }, { displayName: 'Eva Lima' }] },
    },
  },
  {
    name: 'a poll',
    path: 'poll',
    body: { question: 'Which flavor?', options: ['Chocolate', 'Vanilla'] },
    seen: {
      pollCreationMessageV3: {
        name: 'Which flavor?',
        options: [{ optionName: 'Chocolate' }, { optionName: 'Vanilla' }],
        selectableOptionsCount: 1,
      },
    },
  },
  {
    name: 'buttons',
    path: 'button',
    body: {
      contentText: 'Do you confirm?',
      footerText: 'Blue Store',
      buttons: [{ id: 'yes', displayText: 'Yes' }],
    },
    seen: {
      interactiveMessage: {
        body: { text: 'Do you confirm?' },
        footer: { text: 'Blue Store' },
        ...flow('quick_reply'),
      },
    },
  },
  {
    name: 'a list',
    path: 'list',
    body: {
      contentText: 'Choose a department',
      buttonText: 'Departments',
      sections: [{ title: 'Office', rows: [{ id: 'sales', title: 'Sales' }] }],
    },
    seen: { interactiveMessage: { body: { text: 'Choose a department' }, ...flow('single_select') } },
  },
  {
    name: 'a carousel',
    path: 'carousel',
    body: {
      message: 'Our offers',
      cards: [
        {
          header: { title: 'Sneakers' },
          body: { text: 'From 199.90' },
          buttons: [{ id: 'sneakers', displayText: 'I want them' }],
        },
        { header: { title: 'Backpacks' }, body: { text: 'From 99.90' }, buttons: [] },
      ],
    },
    seen: {
      interactiveMessage: {
        body: { text: 'Our offers' },
        carouselMessage: {
          cards: [
            { header: { title: 'Sneakers' }, body: { text: 'From 199.90' }, ...flow('quick_reply') },
            { header: { title: 'Backpacks' }, body: { text: 'From 99.90' } },
          ],
        },
      },
    },
  },
  {
    name: 'a form',
    path: 'form',
    body: { message: 'Please fill in your details' },
    seen: {
      interactiveMessage: { body: { text: 'Please fill in your details' }, ...flow('galaxy_message') },
    },
  },
  {
    name: 'a PIX key',
    path: 'pix',
    body: { merchantName: 'Blue Store', pixKey: '12345678000199', pixKeyType: 'CNPJ', items: [] },
    seen: { interactiveMessage: flow('payment_info') },
  },
  {
    name: 'an event',
    path: 'event',
    body: {
      name: 'Planning meeting',
      startAt: '2027-04-28T14:00:00-03:00',
      endAt: '2027-04-28T15:00:00-03:00',
      description: 'Goals of the quarter',
    },
    seen: {
      eventMessage: {
        name: 'Planning meeting',
        startTime: '1808931600',
        endTime: '1808935200',
        description: 'Goals of the quarter',
      },
    },
  },
];
