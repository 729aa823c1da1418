import type { RouteExample } from '../../route.ts';

/*
 * Examples of `/api/instance/*`: shown by the API document, executed by a test.
 */

const one = (example: RouteExample): readonly RouteExample[] => [example];

const defaults = {
  autoRejectCalls: false,
  callRejectMessage: '',
  ignoreGroupMessages: false,
  keepOnlineStatus: false,
  autoReadMessages: false,
  disableHistorySync: true,
  ignoreStatus: false,
};
const noProxy = { enabled: false, host: null, port: null, protocol: null, username: null };
const noS3 = {
  enabled: false,
  region: '',
  bucket: '',
  accessKey: '',
  secretKey: null,
  endpoint: '',
  pathPrefix: '',
};
const webhook = {
  label: 'default',
  enabled: true,
  url: 'https://example.com/wh',
  authorization: 'Bearer svc-token-xyz',
  byEvents: false,
  events: ['message.exchange', 'message.status'],
  mediaBase64: false,
};

export const created = one({
  body: {
    name: 'my-instance',
    webhookEnabled: true,
    webhookURL: 'https://example.com/wh',
    webhookAuthorization: 'Bearer svc-token-xyz',
    webhookEvents: ['message.exchange', 'message.status'],
  },
  status: 201,
  answer: {
    success: true,
    message: 'Instance created',
    data: {
      id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      name: 'my-instance',
      token: '0f8fad5b-d9cb-469f-a165-70867728950e',
      status: 'disconnected',
    },
    instance: {
      id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      name: 'my-instance',
      token: '0f8fad5b-d9cb-469f-a165-70867728950e',
      status: 'disconnected',
      numberJid: null,
      createdAt: '2026-04-28T14:30:00Z',
      updatedAt: '2026-04-28T14:30:00Z',
      connection: {
        state: 'disconnected',
        numberJid: null,
        presenceStatus: 'unavailable',
        displayStatus: 'Disconnected',
      },
      profile: { name: '', pictureUrl: null, isBusiness: false, businessName: '' },
      webhook,
      websocket: { enabled: false, events: [], mediaBase64: false },
      chatwoot: { enabled: false },
      proxy: noProxy,
      settings: defaults,
      s3: noS3,
    },
  },
});

export const listed = one({
  query: { instanceName: 'sales' },
  answer: {
    success: true,
    message: '1 Instance found',
    instances: [
      {
        id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        name: 'sales',
        token: '0f8fad5b-d9cb-469f-a165-70867728950e',
        status: 'connected',
        numberJid: '5511888888888@s.whatsapp.net',
        createdAt: '2026-04-20T10:15:30Z',
        updatedAt: '2026-04-28T14:30:00Z',
        connection: {
          state: 'connected',
          numberJid: '5511888888888@s.whatsapp.net',
          presenceStatus: 'available',
          displayStatus: 'Connected',
        },
        profile: { name: 'Blue Store', pictureUrl: null, isBusiness: false, businessName: '' },
        webhook,
        websocket: { enabled: true, events: ['message.exchange'], mediaBase64: false },
        chatwoot: { enabled: false },
        proxy: noProxy,
        settings: defaults,
        s3: noS3,
      },
    ],
    meta: { total: 1 },
  },
});

export const connected = one({
  answer: { success: true, message: 'Instance already connected', status: 'connected' },
});

export const reconnecting = one({
  answer: { success: true, message: 'Reconnect initiated', status: 'connecting' },
});

export const loggedOut = one({
  answer: { success: true, message: 'Instance logged out', instance: { status: 'loggedout' } },
});

export const deleted = one({
  answer: { success: true, message: 'Instance deleted', instance: { status: 'deleted' } },
});

export const tokenRotated = one({
  body: { graceSeconds: 3600 },
  answer: {
    success: true,
    message: 'Instance token rotated',
    instance: {
      id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      name: 'sales',
      token: 'e902893a-9d22-4c7e-a7b8-d6e313b71d9f',
      previousTokenExpiresAt: '2026-04-28T15:30:00Z',
    },
  },
});

export const settingsRead = one({
  answer: { success: true, message: 'Settings retrieved successfully', settings: defaults },
});

export const settingsWritten = one({
  body: { autoRejectCalls: true, callRejectMessage: 'I do not take calls here.' },
  answer: {
    success: true,
    message: 'Settings updated successfully',
    settings: { ...defaults, autoRejectCalls: true, callRejectMessage: 'I do not take calls here.' },
  },
});

const proxy = {
  enabled: true,
  host: 'proxy.example.com',
  port: '1080',
  protocol: 'socks5',
  username: 'user1',
};

export const proxyWritten = one({
  body: { ...proxy, password: 'a-password' },
  answer: { success: true, message: 'Proxy configuration updated successfully', proxy },
});

export const proxyRead = one({
  answer: { success: true, message: 'Proxy configuration retrieved successfully', proxy },
});

const s3 = {
  enabled: true,
  region: 'us-east-1',
  bucket: 'ryzeapi-media',
  accessKey: 'AKIAEXAMPLE',
  endpoint: '',
  pathPrefix: 'media/myinstance/',
};

export const s3Written = one({
  body: { ...s3, secretKey: 'a-secret-key' },
  answer: { success: true, message: 'S3 configuration updated', s3 },
});

export const s3Read = one({ answer: { success: true, s3: { ...s3, secretKey: null } } });

const counted = { image: 150, audio: 80, video: 21, document: 48, sticker: 20 };

export const metricsRead = one({
  answer: {
    success: true,
    message: 'Metrics retrieved successfully',
    metrics: {
      instance: 'sales',
      totalMessages: 1523,
      messagesReceived: 900,
      messagesSent: 623,
      messagesByType: { text: 1204, ...counted },
      groupMessages: 310,
      individualMessages: 1213,
      messagesWithMedia: 319,
      mediaByType: counted,
      messagesByStatus: { pending: 0, sent: 13, delivered: 150, read: 440, played: 18, failed: 2 },
      uniqueChats: 96,
      uniqueGroups: 11,
      uniqueContacts: 85,
      messagesLast7Days: 210,
      messagesLast30Days: 870,
      firstMessageAt: '2026-01-03T08:00:12Z',
      lastMessageAt: '2026-04-28T14:30:00Z',
    },
  },
});
