/*
 * The operations of the contract, module by module. A gateway that lacks one shows a hole in `docs/coverage.md`.
 */

const instance = [
  'POST /api/instance/new',
  'GET /api/instance/list',
  'GET /api/instance/connect/:instance',
  'POST /api/instance/reconnect/:instance',
  'DELETE /api/instance/logout/:instance',
  'DELETE /api/instance/delete/:instance',
  'GET /api/instance/getSettings/:instance',
  'POST /api/instance/settings/:instance',
  'GET /api/instance/getProxy/:instance',
  'POST /api/instance/proxy/:instance',
  'GET /api/instance/getS3/:instance',
  'POST /api/instance/s3/:instance',
  'GET /api/instance/metrics/:instance',
  'POST /api/instance/token/:instance',
  'GET /health',
  'GET /live',
  'GET /ready',
];

const admin = [
  'POST /admin/accounts',
  'GET /admin/accounts',
  'GET /admin/accounts/:account',
  'PATCH /admin/accounts/:account',
  'POST /admin/accounts/:account/token',
  'DELETE /admin/accounts/:account',
];

const messages = [
  'text',
  'media',
  'sticker',
  'location',
  'contact',
  'reaction',
  'poll',
  'carousel',
  'button',
  'list',
  'form',
  'pix',
  'status',
  'event',
].map((kind) => `POST /api/message/${kind}/:instance`);

const events = [
  'POST /api/events/webhook/:instance',
  'GET /api/events/getWebhook/:instance',
  'GET /api/events/webhook/:instance',
  'POST /api/events/websocket/:instance',
  'GET /api/events/getWebsocket/:instance',
  'GET /ws/:instance',
  'GET /api/events/deliveries/:instance',
  'POST /api/events/replay/:instance',
  'GET /api/events/log/:instance',
];

const chat = [
  'GET /api/chat/contacts/:instance',
  'GET /api/chat/contactsByLabel/:instance',
  'GET /api/chat/getMessage/:instance',
  'GET /api/chat/tag/:instance',
  'POST /api/chat/tag/:instance',
  'DELETE /api/chat/tag/:instance',
  'POST /api/chat/assignTag/:instance',
  'DELETE /api/chat/assignTag/:instance',
  'POST /api/chat/archive/:instance',
  'POST /api/chat/markRead/:instance',
  'POST /api/chat/markChatRead/:instance',
  'POST /api/chat/pin/:instance',
  'POST /api/chat/pinChat/:instance',
  'POST /api/chat/pinMessage/:instance',
  'POST /api/chat/favorite/:instance',
  'POST /api/chat/mute/:instance',
  'POST /api/chat/block/:instance',
  'POST /api/chat/presence/:instance',
  'POST /api/chat/history/:instance',
  'GET /api/chat/base64/:instance',
  'GET /api/chat/status/:instance',
  'GET /api/chat/poll/:instance',
  'POST /api/chat/forward/:instance',
  'POST /api/chat/edit/:instance',
  'DELETE /api/chat/delete/:instance',
  'DELETE /api/chat/deleteChat/:instance',
  'POST /api/chat/checkNumbers/:instance',
  'GET /api/chat/list/:instance',
];

const groups = [
  'POST /api/group/create/:instance',
  'GET /api/group/list/:instance',
  'GET /api/group/info/:instance',
  'PUT /api/group/update/:instance',
  'POST /api/group/participants/:instance',
  'POST /api/group/join/:instance',
  'POST /api/group/resetLink/:instance',
  'GET /api/group/requests/:instance',
  'DELETE /api/group/leave/:instance',
  'POST /api/community/create/:instance',
  'POST /api/community/link/:instance',
  'POST /api/community/unlink/:instance',
  'GET /api/community/listSubGroups/:instance',
  'POST /api/newsletter/create/:instance',
  'GET /api/newsletter/list/:instance',
  'GET /api/newsletter/info/:instance',
  'POST /api/newsletter/join/:instance',
  'DELETE /api/newsletter/leave/:instance',
];

const account = [
  'POST /api/profile/account/:instance',
  'GET /api/profile/getAccount/:instance',
  'GET /api/profile/getPrivacy/:instance',
  'GET /api/profile/privacy/:instance',
  'POST /api/profile/privacy/:instance',
  'POST /api/call/fake/:instance',
  'POST /api/call/audio/:instance',
];

export const contractOperations: Record<string, string[]> = {
  'Instances and probes': instance,
  Messages: messages,
  Events: events,
  Chats: chat,
  'Groups, communities, newsletters': groups,
  'Profile and calls': account,
  Administration: admin,
};
