import type { SentKind } from './table.ts';

const message = 'PIX sent successfully';
const key = (pixKey: string, pixKeyType: string) => ({ merchantName: 'Blue Store', pixKey, pixKeyType });
const wallet = (sent: string, key_type: string) => ({
  kind: 'interactive',
  interactive: {
    buttons: [
      {
        flow: 'payment_info',
        params: {
          payment_settings: [
            {
              type: 'pix_static_code',
              pix_static_code: { merchant_name: 'Blue Store', key: sent, key_type },
            },
            { type: 'cards', cards: { enabled: false } },
          ],
        },
      },
    ],
  },
});
const data = { messageType: 'interactive', content: 'PIX - Blue Store' };
const typed = (type: string, given: string, sent = given, sentType = type) => ({
  name: `a key of type ${type}`,
  body: key(given, type),
  to: 'person' as const,
  message,
  data,
  shows: wallet(sent, sentType),
});

export const pix: SentKind = {
  path: '/api/message/pix/:instance',
  replies: 'both',
  posts: true,
  cases: [
    typed('CPF', '12345678901'),
    typed('CNPJ', '12345678000199'),
    typed('EMAIL', 'pay@example.com'),
    typed('PHONE', '5511999999999', '+5511999999999'),
    typed('RANDOM', 'aabbccdd-1234-5678-90ab-cdef01234567', 'aabbccdd-1234-5678-90ab-cdef01234567', 'EVP'),
    {
      name: 'items and a text',
      body: {
        ...key('12345678901', 'CPF'),
        message: 'Your order',
        items: [
          { name: 'Sneakers', description: 'Blue', quantity: 3, unitPrice: 33.35 },
          { name: 'Bag', unitPrice: 0.1 },
        ],
      },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Your order' },
      shows: {
        text: 'Your order',
        interactive: {
          buttons: [
            {
              params: {
                currency: 'BRL',
                total_amount: { value: 10_015, offset: 100 },
                order: {
                  order_type: 'ORDER',
                  items: [
                    { name: 'Sneakers - Blue', amount: { value: 3_335, offset: 100 }, quantity: 3 },
                    { name: 'Bag', amount: { value: 10, offset: 100 }, quantity: 1 },
                  ],
                },
              },
            },
          ],
        },
      },
    },
  ],
};
