import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/pix/:instance';
const good = {
  number: '5511999999999',
  merchantName: 'Blue Store',
  pixKey: '12345678901',
  pixKeyType: 'CPF',
};
const item = { name: 'Sneakers', unitPrice: 199.9 };
const withItem = (fields: object) => ({ ...good, items: [item, { ...item, ...fields }] });

describe('POST /api/message/pix/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, merchantName: undefined }, 'MerchantName is required'],
    [{ ...good, pixKey: ' ' }, 'PixKey is required'],
    [{ ...good, pixKeyType: undefined }, 'PixKeyType is required'],
    [{ ...good, pixKeyType: '' }, 'PixKeyType is required'],
    [{ ...good, pixKeyType: 'cpf' }, 'PixKeyType must be one of: CPF, CNPJ, EMAIL, PHONE, RANDOM'],
    [{ ...good, pixKey: 12345678901 }, 'Invalid request body: pixKey must be a string'],
    [{ ...good, items: Array(101).fill(item) }, 'Items must contain at most 100 items'],
    [{ ...good, items: item }, 'Invalid request body: items must be an array'],
    [withItem({ name: '' }), 'items[1].name is required'],
    [withItem({ unitPrice: undefined }), 'items[1].unitPrice is required'],
    [withItem({ unitPrice: '9.90' }), 'Invalid request body: items[1].unitPrice must be a number'],
    [withItem({ unitPrice: -0.01 }), 'items[1].unitPrice must be at least 0'],
    [withItem({ unitPrice: 1e300 }), 'items[1].unitPrice must be at most 1000000000'],
    [withItem({ quantity: 0 }), 'items[1].quantity must be between 1 and 100000'],
    [withItem({ quantity: 100_001 }), 'items[1].quantity must be between 1 and 100000'],
    [withItem({ quantity: 1.5 }), 'Invalid request body: items[1].quantity must be an integer'],
  ]);

  acceptsBodies(PATH, [
    ['no items', { ...good, items: [] }],
    ['a gift', { ...good, items: [{ ...item, unitPrice: 0 }] }],
    ['the most of everything', { ...good, items: Array(100).fill({ ...item, quantity: 100_000 }) }],
  ]);
});
