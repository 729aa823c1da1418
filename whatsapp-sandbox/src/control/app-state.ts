import type { proto } from 'baileys';
import { REMOVE, SET } from '../phones/app-state/records.ts';
import { shareAppStateKeys } from '../phones/companions/first-sync.ts';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import type { ServerContext } from '../server/context.ts';
import { accountJid } from '../server/model/account.ts';
import { chatOf } from './chats.ts';
import { optionalChoice, optionalFlag, optionalInteger, optionalText, phoneNumber, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;
type Action = (ctx: ServerContext, phone: Phone, body: Body) => unknown;
type Collection = Parameters<Phone['appState']['change']>[0];

/** What a phone's user changes in the app state. */
export const STATE_ACTIONS: Record<string, Action> = {
  archive(ctx, phone, body) {
    const archived = optionalFlag(body, 'archive') ?? true;
    return change(phone, 'regular_low', 3, ['archive', chatIn(ctx, body)], {
      archiveChatAction: { archived, messageRange: rangeIn(ctx) },
    });
  },
  pin(ctx, phone, body) {
    const pinned = optionalFlag(body, 'pin') ?? true;
    return change(phone, 'regular_low', 5, ['pin_v1', chatIn(ctx, body)], { pinAction: { pinned } });
  },
  mute(ctx, phone, body) {
    const until = optionalInteger(body, 'until', -1, Number.MAX_SAFE_INTEGER);
    const muteAction = until === undefined ? { muted: false } : { muted: true, muteEndTimestamp: until };
    return change(phone, 'regular_high', 2, ['mute', chatIn(ctx, body)], { muteAction });
  },
  'mark-chat-read'(ctx, phone, body) {
    const read = optionalFlag(body, 'read') ?? true;
    return change(phone, 'regular_low', 3, ['markChatAsRead', chatIn(ctx, body)], {
      markChatAsReadAction: { read, messageRange: rangeIn(ctx) },
    });
  },
  star(ctx, phone, body) {
    const starred = optionalFlag(body, 'star') ?? true;
    return change(phone, 'regular_low', 2, ['star', ...messageIn(ctx, body)], { starAction: { starred } });
  },
  'delete-for-me'(ctx, phone, body) {
    return change(phone, 'regular_high', 3, ['deleteMessageForMe', ...messageIn(ctx, body)], {
      deleteMessageForMeAction: { deleteMedia: false, messageTimestamp: ctx.seconds() },
    });
  },
  'delete-chat'(ctx, phone, body) {
    return change(phone, 'regular_high', 6, ['deleteChat', chatIn(ctx, body), '1'], {
      deleteChatAction: { messageRange: rangeIn(ctx) },
    });
  },
  /** Makes a label, or changes the one with this id; `deleted` takes it away. Business accounts have labels. */
  label(_ctx, phone, body) {
    if (!phone.account.business) throw new ControlError(409, 'only business accounts have labels');
    const predefinedId = optionalInteger(body, 'predefined', 1, 20);
    return change(phone, 'regular', 3, ['label_edit', text(body, 'id', 20)], {
      labelEditAction: {
        name: optionalText(body, 'name', 100) ?? '',
        color: optionalInteger(body, 'color', 0, 19) ?? 0,
        deleted: optionalFlag(body, 'deleted') ?? false,
        ...(predefinedId === undefined ? {} : { predefinedId }),
      },
    });
  },
  'label-chat'(ctx, phone, body) {
    const labeled = optionalFlag(body, 'labeled') ?? true;
    return change(phone, 'regular', 3, ['label_jid', text(body, 'label', 20), chatIn(ctx, body)], {
      labelAssociationAction: { labeled },
    });
  },
  'label-message'(ctx, phone, body) {
    const labeled = optionalFlag(body, 'labeled') ?? true;
    const index = [
      'label_message',
      text(body, 'label', 20),
      chatIn(ctx, body),
      text(body, 'id', 200),
      '0',
      '0',
    ];
    return change(phone, 'regular', 3, index, { labelAssociationAction: { labeled } });
  },
  /** Saves a contact in the address book, or takes it out (`remove`). */
  contact(ctx, phone, body) {
    const number = phoneNumber(text(body, 'number', 40));
    const account = ctx.directory.get(number);
    const lidJid = account && accountJid(account, 'lid');
    const index = ['contact', `${number}@s.whatsapp.net`];
    if (optionalFlag(body, 'remove')) return change(phone, 'critical_unblock_low', 2, index, {}, REMOVE);
    const fullName = text(body, 'fullName', 200);
    const firstName = optionalText(body, 'firstName', 200) ?? fullName.split(' ')[0] ?? fullName;
    return change(phone, 'critical_unblock_low', 2, index, {
      contactAction: { fullName, firstName, ...(lidJid ? { lidJid } : {}), saveOnPrimaryAddressbook: true },
    });
  },
  /** `{share?}`: a fresh key for every change from now on; companions get it first, unless `share` is false. */
  async 'rotate-key'(_ctx, phone, body) {
    phone.appState.rotate();
    if (optionalFlag(body, 'share') ?? true) await shareAppStateKeys(phone);
    return { keys: phone.appState.keys.length };
  },
  async 'share-keys'(_ctx, phone) {
    await shareAppStateKeys(phone);
    return { keys: phone.appState.keys.length };
  },
};

/** The app state as the phone knows it. */
export function appStateRoutes(phones: Phones): Route[] {
  return [
    {
      method: 'GET',
      path: '/control/phones/:number/app-state',
      handle: ({ params }) => {
        const { appState } = phoneOf(phones, params.number);
        return { collections: appState.collections, actions: appState.actions };
      },
    },
  ];
}

function change(
  phone: Phone,
  collection: Collection,
  apiVersion: number,
  index: string[],
  action: proto.ISyncActionValue,
  operation = SET,
) {
  const value = { ...action, timestamp: phone.ctx.clock() };
  phone.appState.change(collection, { operation, index, value, apiVersion });
  return { index };
}

/** JID of the chat that `chat` names; `addressing` as in messages. */
function chatIn(ctx: ServerContext, body: Body): string {
  const chat = chatOf(ctx, text(body, 'chat', 100));
  if ('jid' in chat) return chat.jid;
  return accountJid(chat, optionalChoice(body, 'addressing', ['pn', 'lid']) ?? 'lid');
}

/** Chat, id, side and author of a message, as they stand in an index. */
function messageIn(ctx: ServerContext, body: Body): string[] {
  const fromMe = optionalFlag(body, 'fromMe') ?? false;
  return [
    chatIn(ctx, body),
    text(body, 'id', 200),
    fromMe ? '1' : '0',
    optionalText(body, 'participant', 100) ?? '0',
  ];
}

/** Everything up to now. */
function rangeIn(ctx: ServerContext): proto.SyncActionValue.ISyncActionMessageRange {
  return { lastMessageTimestamp: ctx.seconds(), messages: [] };
}
