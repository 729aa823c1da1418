import { randomBytes } from 'node:crypto';
import { KeyedMutex } from '../async/keyed-mutex.ts';
import type { NotReady } from '../http/readiness.ts';
import type { Route } from '../http/route.ts';
import { adminRoutes } from '../http/routes/admin/index.ts';
import { callRoutes } from '../http/routes/call/index.ts';
import { chatRoutes } from '../http/routes/chat/index.ts';
import { communityRoutes } from '../http/routes/community/index.ts';
import { eventRoutes } from '../http/routes/events/index.ts';
import { groupRoutes } from '../http/routes/group/index.ts';
import { healthRoutes } from '../http/routes/health/index.ts';
import { instanceRoutes } from '../http/routes/instance/index.ts';
import { mediaRoutes } from '../http/routes/media/index.ts';
import { messageRoutes } from '../http/routes/message/index.ts';
import { newsletterRoutes } from '../http/routes/newsletter/index.ts';
import { profileRoutes } from '../http/routes/profile/index.ts';
import { socketRoute } from '../http/socket/route.ts';
import { ChatStates } from '../instances/chats/chat-states.ts';
import { PrivacyCache } from '../instances/profile/privacy-cache.ts';
import { settingsOf } from '../instances/settings.ts';
import { TokensInClear } from '../instances/tokens-in-clear.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Directory } from '../tenancy/directory.ts';
import { Ffmpeg } from '../whatsapp/media/outgoing/tools.ts';
import { fetchPreview } from '../whatsapp/outbound/link-preview.ts';
import type { Base } from './base.ts';
import type { Events } from './events.ts';
import type { Sessions } from './sessions.ts';
import type { Tenants } from './tenants.ts';

export interface Parts {
  base: Base;
  events: Events;
  sessions: Sessions;
  tenants: Tenants;
  directory: Directory;
  /** Unix milliseconds. */
  startedAt: number;
  notReady(): Exclude<NotReady, 'database'> | null;
}

/** Every operation, module by module. */
export function createRoutes(parts: Parts): Route[] {
  const { base, events, sessions, tenants, directory, startedAt, notReady } = parts;
  const { supervisor, media, calls, numbers } = sessions;
  const { db, clock, log, fetch } = base;
  return [
    ...healthRoutes({
      db,
      clock,
      startedAt,
      readiness: { reason: notReady },
      clientVersion: base.clientVersion,
    }),
    ...adminRoutes(tenants),
    ...instanceRoutes({
      ...base,
      ...tenants,
      supervisor,
      passkeys: sessions.passkeys,
      tokens: new TokensInClear(base),
    }),
    ...ofChats(parts),
    ...eventRoutes({ ...base, ...events, eventLogDays: base.config.eventLogDays }),
    ...callRoutes(calls),
    ...ofRooms(parts),
    ...ofMessages(parts),
    ...profileRoutes({
      db,
      clock,
      fetch,
      numbers,
      privacyCache: new PrivacyCache(clock),
      sessions: supervisor,
    }),
    ...mediaRoutes({ db, clock, log, media, sessions: supervisor }),
    socketRoute({ db, clock, hub: events.hub, directory }),
  ];
}

function ofMessages({ base, sessions: { sending } }: Parts): Route[] {
  const { clock, log, fetch, fileFetch, tempFiles } = base;
  return messageRoutes({
    ...sending,
    now: clock.now,
    media: { files: tempFiles, fetch: fileFetch, clock, tools: new Ffmpeg(clock), random: randomBytes },
    preview: (url) => fetchPreview(url, { fetch, clock, log }),
  });
}

function ofChats({ base: { tempFiles }, sessions: { sending, media } }: Parts): Route[] {
  const staysOnline = (instance: InstanceRow) => settingsOf(instance).keepOnlineStatus;
  return chatRoutes({
    ...sending,
    labelCreation: new KeyedMutex(),
    chatStates: new ChatStates({ ...sending, staysOnline }),
    files: media.chatFiles,
    tempFiles,
    mediaRoute: media.route,
  });
}

function ofRooms({ base: { db, clock, fetch }, sessions: parts }: Parts): Route[] {
  const { supervisor: sessions, numbers, groupSync, newsletterSync } = parts;
  const deps = { db, clock, fetch, numbers, groupSync, newsletterSync, sessions };
  return [...groupRoutes(deps), ...communityRoutes(deps), ...newsletterRoutes(deps)];
}
