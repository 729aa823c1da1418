import type { SentKind } from './table.ts';

const message = 'List sent successfully';
const sections = [
  {
    title: 'Office',
    rows: [
      { id: 'sales', title: 'Sales', description: 'Orders' },
      { id: 'fin', title: 'Finance' },
    ],
  },
  { title: 'Shop', rows: [{ id: 'fin', title: 'Returns' }] },
];
const untitled = [{ rows: Array.from({ length: 10 }, (_, i) => ({ id: `${i}`, title: `Row ${i}` })) }];

export const list: SentKind = {
  path: '/api/message/list/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'two sections with header and footer',
      body: {
        contentText: 'Choose',
        buttonText: 'Open',
        headerText: 'Departments',
        footerText: 'Blue Store',
        sections,
      },
      message,
      data: { messageType: 'list', content: 'Choose' },
      shows: {
        kind: 'interactive',
        text: 'Choose',
        interactive: {
          title: 'Departments',
          footer: 'Blue Store',
          buttons: [{ flow: 'single_select', params: { title: 'Open', sections } }],
        },
      },
    },
    {
      name: 'one section needs no title',
      body: { contentText: 'Choose', buttonText: 'Open', sections: untitled },
      to: 'person',
      message,
      data: { messageType: 'list', content: 'Choose' },
      shows: {
        interactive: { buttons: [{ params: { sections: [{ title: '', ...untitled[0] }] } }] },
      },
    },
  ],
};
