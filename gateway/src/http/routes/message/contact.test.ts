import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/contact/:instance';
const card = { fullName: 'Maria Souza', phone: '5511888888888' };
const good = { number: '5511999999999', vcard: [card] };
const withCard = (fields: object) => ({ ...good, vcard: [card, { ...card, ...fields }] });

describe('POST /api/message/contact/:instance', () => {
  refusesBodies(PATH, good, [
    [{ number: good.number }, 'Vcard is required'],
    [{ ...good, vcard: null }, 'Vcard is required'],
    [{ ...good, vcard: [] }, 'Vcard is required'],
    [{ ...good, vcard: 'Maria' }, 'Invalid request body: vcard must be an array'],
    [{ ...good, vcard: ['Maria'] }, 'Invalid request body: vcard[0] must be an object'],
    [{ ...good, vcard: Array(101).fill(card) }, 'Vcard must contain at most 100 items'],
    [withCard({ fullName: undefined }), 'vcard[1].fullName is required'],
    [withCard({ fullName: ' ' }), 'vcard[1].fullName is required'],
    [withCard({ fullName: 'x'.repeat(1_025) }), 'vcard[1].fullName must be at most 1024 characters'],
    [withCard({ phone: null }), 'vcard[1].phone is required'],
    [withCard({ phone: '1234' }), 'vcard[1].phone is invalid'],
    [withCard({ phone: '5511888888888@s.whatsapp.net' }), 'vcard[1].phone is invalid'],
    [withCard({ phone: 5511888888888 }), 'Invalid request body: vcard[1].phone must be a string'],
    [withCard({ email: 1 }), 'Invalid request body: vcard[1].email must be a string'],
    [withCard({ url: `https://${'x'.repeat(8_192)}` }), 'vcard[1].url must be at most 8192 characters'],
    [{ ...good, vcard: { phone: card.phone } }, 'vcard[0].fullName is required'],
    [{ ...good, vcard: { ...card, phone: 'x' } }, 'vcard[0].phone is invalid'],
  ]);

  acceptsBodies(PATH, [
    ['a hundred cards', { ...good, vcard: Array(100).fill(card) }],
    ['the only card itself', { ...good, vcard: card }],
    ['`to` in place of `number`', { to: good.number, vcard: card }],
  ]);
});
