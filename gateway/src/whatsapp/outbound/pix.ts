import type { OutgoingKind } from './kind.ts';
import { interactive, nativeFlow, panel, payment } from './native-flow.ts';

export const PIX_KEY_TYPES = ['CPF', 'CNPJ', 'EMAIL', 'PHONE', 'RANDOM'] as const;

export interface PixItem {
  name: string;
  description: string | undefined;
  quantity: number;
  /** BRL */
  unitPrice: number;
}

export interface OutgoingPix {
  merchantName: string;
  pixKey: string;
  pixKeyType: (typeof PIX_KEY_TYPES)[number];
  message: string | undefined;
  items: PixItem[];
  /** Names the order on the payer's phone. */
  referenceId: string;
}

const FLOW = 'payment_info';

/** A card with a PIX key to copy. Without items the payer types the amount. */
export function pixKind(pix: OutgoingPix): OutgoingKind {
  const { merchantName, message } = pix;
  return {
    type: 'interactive',
    content: message ?? `PIX - ${merchantName}`,
    build: (building) =>
      interactive(
        {
          ...panel({ body: message ?? '' }),
          nativeFlowMessage: nativeFlow([{ name: FLOW, params: paymentParams(pix) }]),
        },
        building,
        payment(FLOW),
      ),
  };
}

function paymentParams({ merchantName, pixKey, pixKeyType, items, referenceId }: OutgoingPix): object {
  const total = cents(items.reduce((sum, { quantity, unitPrice }) => sum + quantity * inCents(unitPrice), 0));
  return {
    currency: 'BRL',
    type: 'physical-goods',
    reference_id: referenceId,
    total_amount: total,
    order: {
      status: 'payment_requested',
      order_type: items.length > 0 ? 'ORDER' : 'ORDER_WITHOUT_AMOUNT',
      subtotal: total,
      items: items.map(({ name, description, quantity, unitPrice }, index) => ({
        retailer_id: `${referenceId}-${index + 1}`,
        name: description === undefined ? name : `${name} - ${description}`,
        amount: cents(inCents(unitPrice)),
        quantity,
      })),
    },
    payment_settings: [
      {
        type: 'pix_static_code',
        pix_static_code: { merchant_name: merchantName, ...walletKey(pixKey, pixKeyType) },
      },
      { type: 'cards', cards: { enabled: false } },
    ],
  };
}

/** A key in WhatsApp's words: a phone number has a `+`, a random key is an EVP. */
function walletKey(key: string, type: OutgoingPix['pixKeyType']) {
  if (type === 'PHONE') return { key: key.startsWith('+') ? key : `+${key}`, key_type: type };
  return { key, key_type: type === 'RANDOM' ? 'EVP' : type };
}

function inCents(price: number): number {
  return Math.round(price * 100);
}

/** An amount is a whole number and what it is to be divided by. */
function cents(value: number) {
  return { value, offset: 100 };
}
