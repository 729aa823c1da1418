import type { RouteExample } from '../../route.ts';

/*
 * Examples of `/admin/accounts`: shown by the API document, executed by a test.
 */

const one = (example: RouteExample): readonly RouteExample[] => [example];

const account = {
  id: 'b3f1c2d4-0a5e-4f6b-8c7d-9e0f1a2b3c4d',
  name: 'Acme',
  maxInstances: 10,
  instanceCount: 3,
  rateLimitPerMinute: 100,
  allowedOrigins: ['https://app.example.com'],
  suspended: false,
  createdAt: '2026-04-20T10:15:30Z',
  updatedAt: '2026-04-20T10:15:30Z',
};
const withToken = { ...account, token: 'rza_0123456789abcdefghijklmnopqrstuvwxyz' };

export const accountCreated = one({
  body: { name: 'Acme', maxInstances: 10, allowedOrigins: ['https://app.example.com'] },
  answer: { success: true, message: 'Account created', account: withToken },
});

export const accountsListed = one({
  answer: {
    success: true,
    message: 'Accounts retrieved',
    accounts: [account, { ...account, allowedOrigins: [] }],
    meta: { total: 2 },
  },
});

export const accountRead = one({ answer: { success: true, message: 'Account retrieved', account } });

export const accountUpdated = one({
  body: { allowedOrigins: ['https://app.example.com'] },
  answer: { success: true, message: 'Account updated', account },
});

export const accountTokenRotated = one({
  body: { graceSeconds: 3600 },
  answer: {
    success: true,
    message: 'Account token rotated',
    account: { ...withToken, previousTokenExpiresAt: '2026-04-28T15:30:00Z' },
  },
});

export const accountDeleted = one({
  query: { force: 'true' },
  answer: { success: true, message: 'Account deleted', account: { status: 'deleted' } },
});
