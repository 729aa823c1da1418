import type { RouteExample } from '../../route.ts';

/*
 * Examples of `/api/events/*`: shown by the API document, executed by a test.
 */

const one = (example: RouteExample): readonly RouteExample[] => [example];

const webhook = {
  label: 'analytics-pipeline',
  enabled: true,
  url: 'https://meuapp.com/wh',
  authorization: 'Bearer svc-token-xyz',
  byEvents: false,
  events: ['message.exchange', 'message.status'],
  mediaBase64: false,
  includeToken: true,
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  previousSecretExpiresAt: null,
  disabledReason: null,
};
const { includeToken: _, secret: __, previousSecretExpiresAt: ___, disabledReason: ____, ...asked } = webhook;
const websocket = { enabled: true, events: ['message.exchange'], mediaBase64: false };

export const webhookWritten = one({
  body: asked,
  answer: { success: true, message: 'Webhook configuration updated', webhook },
});

export const webhooksRead: readonly RouteExample[] = [
  { answer: { success: true, message: 'Webhook configurations retrieved', webhooks: [webhook] } },
  {
    query: { label: 'analytics-pipeline' },
    answer: { success: true, message: 'Webhook configuration retrieved', webhook },
  },
];

export const websocketWritten = one({
  body: websocket,
  answer: { success: true, message: 'WebSocket configuration updated', websocket },
});

export const websocketRead = one({
  answer: { success: true, message: 'WebSocket configuration retrieved', websocket },
});

export const deliveriesListed = one({
  query: { label: 'default', limit: '50' },
  answer: {
    success: true,
    message: 'Deliveries retrieved',
    deliveries: [
      {
        id: 'dlv_01JSY7Q2C1M3N4P5Q6R7S8T9VB',
        eventId: 'evt_01JSY7Q2C0M3N4P5Q6R7S8T9VA',
        event: 'message.exchange',
        label: 'default',
        status: 'pending',
        attempts: 1,
        maxAttempts: 10,
        httpStatus: null,
        error: 'connection_refused',
        replayed: false,
        createdAt: '2026-04-28T10:30:00Z',
        lastAttemptAt: '2026-04-28T10:30:00Z',
        nextAttemptAt: '2026-04-28T10:30:05Z',
      },
    ],
    nextCursor: null,
  },
});

export const replayed = one({
  body: { label: 'default', from: '2026-04-28T00:00:00Z', to: '2026-04-29T00:00:00Z' },
  answer: { success: true, message: 'Replay scheduled', replay: { label: 'default', scheduled: 12 } },
});

export const logRead = one({
  query: { events: 'instance.state', limit: '1' },
  answer: {
    success: true,
    message: 'Events retrieved',
    events: [
      {
        event: 'instance.state',
        eventId: 'evt_01JSY7Q2C0M3N4P5Q6R7S8T9VA',
        data: {
          state: 'qr_ready',
          status: 'qr_ready',
          instance: 'sales',
          jid: null,
          timestamp: '2026-04-28T10:35:00Z',
          codes: ['2@Qm9ndXM=,Zm9v,YmFy,YmF6'],
          reason: null,
          code: null,
          expiresAt: null,
        },
        instanceData: { baseUrl: 'https://api.example.com', instance: 'sales' },
      },
    ],
    nextCursor: 'evt_01JSY7Q2C0M3N4P5Q6R7S8T9VA',
    hasMore: true,
  },
});
