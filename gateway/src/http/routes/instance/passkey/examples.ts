import type { RouteExample } from '../../../route.ts';

const notWaiting = {
  status: 409,
  answer: { success: false, error: { message: 'No passkey ceremony is waiting' } },
};

/** Examples run on a linked instance, on which no ceremony waits. */
export const passkeyState: readonly RouteExample[] = [
  {
    answer: {
      success: true,
      message: 'Passkey state retrieved',
      passkey: {
        status: 'none',
        id: null,
        publicKey: null,
        expiresAt: null,
        code: null,
        skipConfirmation: null,
        helper: { url: null, snippet: null },
      },
    },
  },
];

export const nothingToAnswer: readonly RouteExample[] = [
  {
    body: {
      id: 'Q2VyZW1vbnktb25lLi4u',
      credential: {
        id: 'DAwMDAwMDAwMDAwMDAwMDA',
        rawId: 'DAwMDAwMDAwMDAwMDAwMDA',
        type: 'public-key',
        response: {
          clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
          authenticatorData: '6GiQbHMCCZZu_0CMVdeBYw_LPJ3pYenpc4tN0OD9Xn8dAAAAAA',
          signature: 'MEUCIQCtPdqym89_xA7bFEQeTzy',
          userHandle: null,
        },
      },
    },
    ...notWaiting,
  },
];

export const nothingToConfirm: readonly RouteExample[] = [
  { body: { id: 'Q2VyZW1vbnktb25lLi4u' }, ...notWaiting },
];

export const nothingToCancel: readonly RouteExample[] = [notWaiting];
