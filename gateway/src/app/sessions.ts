import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:https';
import { ActiveCalls } from '../instances/calls/active-calls.ts';
import type { CallDeps } from '../instances/calls/deps.ts';
import { followCall } from '../instances/calls/follow-call.ts';
import { GroupSync } from '../instances/groups/group-sync.ts';
import { HistoryImports } from '../instances/ingest/history-imports.ts';
import { Ingest } from '../instances/ingest/ingest.ts';
import { createMedia, type Media } from '../instances/media/create.ts';
import { NewsletterSync } from '../instances/newsletters/newsletter-sync.ts';
import { PasskeyCeremonies } from '../instances/passkey/ceremonies.ts';
import { proxyOf } from '../instances/proxy.ts';
import { LiveSupervisor } from '../instances/running/live-supervisor.ts';
import { createStateLog } from '../instances/running/state-log.ts';
import type { SendDeps } from '../instances/sending/deps.ts';
import { settingsOf } from '../instances/settings.ts';
import { NumberCache } from '../mailbox/number-cache.ts';
import { forbiddenLiteral } from '../net/address-policy.ts';
import { guardedLookup, hostNotAllowed } from '../net/guarded-lookup.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { createBaileysLink } from '../whatsapp/baileys/link.ts';
import { proxyAgent } from '../whatsapp/baileys/proxy-agent.ts';
import type { Base } from './base.ts';
import type { Events } from './events.ts';

/** The instances' connections to WhatsApp, and what works on them. */
export interface Sessions {
  supervisor: LiveSupervisor;
  passkeys: PasskeyCeremonies;
  /** Files that come in. */
  media: Media;
  history: HistoryImports;
  groupSync: GroupSync;
  newsletterSync: NewsletterSync;
  numbers: NumberCache;
  sending: SendDeps;
  calls: CallDeps;
}

export function createSessions(base: Base, { outbox, mediaUpdates }: Events): Sessions {
  const { config, db, seal, clock, log, allowed, network, tempFiles, clientVersion } = base;

  /** The proxy of an instance. Its address is checked here too: what was allowed when it was set may not be now. */
  const agentOf = (instance: InstanceRow): Agent | null => {
    const proxy = proxyOf(instance, seal);
    if (!proxy) return null;
    if (forbiddenLiteral(proxy.host, allowed)) throw hostNotAllowed(proxy.host);
    return proxyAgent({ ...proxy, port: Number(proxy.port) }, guardedLookup(allowed));
  };

  const history = new HistoryImports({
    db,
    outbox,
    clock,
    log,
    files: tempFiles,
    settingsOf,
    networkOf: (instance) => network.through(agentOf(instance)),
    identitiesOf: (id) => supervisor.session(id).identities,
  });
  const groupSync = new GroupSync({ clock, log });
  const newsletterSync = new NewsletterSync({ db, clock, log });
  const listenerOf = (id: string) =>
    new Ingest(id, {
      db,
      outbox,
      clock,
      log,
      settingsOf,
      sessions: supervisor,
      callStored: (notice) => followCall(id, notice, calls),
      history,
      metNewsletter: (jid) => void newsletterSync.met(id, () => supervisor.session(id), jid),
    });
  const passkeys = new PasskeyCeremonies({ clock, random: randomBytes });
  const url = config.sandbox?.url ?? null;
  const supervisor: LiveSupervisor = new LiveSupervisor({
    db,
    clock,
    random: Math.random,
    log,
    link: createBaileysLink({
      db,
      seal,
      clock,
      log,
      url,
      agentOf,
      media: network,
      settingsOf,
      listenerOf,
      clientVersion,
    }),
    states: createStateLog({ db, outbox, clock }),
    passkeys,
    settingsOf,
    listenerOf,
    opened: (id, session) => {
      history.wake(id);
      void groupSync.opened(id, session);
      void newsletterSync.opened(id, session);
    },
  });

  const media = createMedia({
    db,
    seal,
    clock,
    log,
    mediaUpdates,
    dataDir: config.dataDir,
    allowed,
    limits: config.media,
    network,
    agentOf,
    sessions: supervisor,
  });

  const numbers = new NumberCache(clock);
  const sending: SendDeps = {
    db,
    outbox,
    clock,
    log,
    numbers,
    random: randomBytes,
    sessions: supervisor,
  };
  const calls: CallDeps = { ...sending, activeCalls: new ActiveCalls() };
  return { supervisor, passkeys, media, history, groupSync, newsletterSync, numbers, sending, calls };
}
