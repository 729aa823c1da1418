import type { Agent } from 'node:https';
import { type AuthenticationCreds, jidNormalizedUser } from 'baileys';
import type { Clock } from '../../clock.ts';
import { probe } from '../../storage/probe.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { ClientVersion } from '../client-version.ts';
import type { Link, PairedDevice } from '../link.ts';
import type { MediaNetwork } from '../media/network.ts';
import type { SessionListener } from '../session.ts';
import { AppStateStore } from './app-state/store.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { InboxJournal } from './intake/inbox-journal.ts';
import { replayJournal } from './intake/replay.ts';
import { createLinkedDevices } from './keys/linked-device.ts';

export interface BaileysLinkOptions {
  db: Queries;
  seal: Seal;
  clock: Clock;
  log: Logger;
  /** null = WhatsApp itself. */
  url: string | null;
  /** The proxy of an instance; throws when its address is not allowed. */
  agentOf(instance: InstanceRow): Agent | null;
  media: MediaNetwork;
  settingsOf(instance: InstanceRow): { keepOnlineStatus: boolean; disableHistorySync: boolean };
  listenerOf(instanceId: string): SessionListener;
  clientVersion: ClientVersion;
}

/** WhatsApp's names for the business apps on Android and iOS. */
const BUSINESS_APPS = new Set(['smba', 'smbi']);

/** The only place that builds connections, and what they store and read. */
export function createBaileysLink(options: BaileysLinkOptions): Link {
  const { db, url, clock, media, agentOf, settingsOf, listenerOf, clientVersion } = options;
  const devices = createLinkedDevices(options);
  const logOf = (instanceId: string) => options.log.child({ instance: instanceId });
  const journalOf = (instanceId: string) => new InboxJournal({ db, instanceId, clock });
  const healthy = async () => (await probe(db, clock)) === null;

  type OfConnection = Pick<ConnectionOptions, 'auth' | 'syncHistory' | 'pairing' | 'watcher'>;
  const connect = (instance: InstanceRow, connection: OfConnection) => {
    const agent = agentOf(instance);
    return new Connection({
      ...connection,
      url,
      agent,
      media: media.through(agent),
      markOnline: settingsOf(instance).keepOnlineStatus,
      clock,
      log: logOf(instance.id),
      journal: journalOf(instance.id),
      appState: new AppStateStore({ db, instanceId: instance.id }),
      listener: listenerOf(instance.id),
      clientVersion,
      healthy,
    });
  };

  return {
    async load(instanceId) {
      let connection: Connection | null = null;
      const auth = await devices.load(instanceId, (error) => connection?.fail(error));
      if (!auth) return null;
      return {
        async replay(over) {
          await replayJournal({
            journal: journalOf(instanceId),
            auth,
            listener: listenerOf(instanceId),
            clock,
            log: logOf(instanceId),
            over,
            healthy,
          });
        },
        open(instance, watcher) {
          const syncHistory = !settingsOf(instance).disableHistorySync;
          connection = connect(instance, { auth, syncHistory, watcher: { ...NO_PAIRING, ...watcher } });
          return connection;
        },
        retire: () => auth.retire(),
      };
    },
    pair(instance, { number, historyDays }, watcher) {
      const auth = devices.fresh();
      const adopt: PairedDevice['adopt'] = (trx) => devices.adopt(trx, instance.id, auth);
      return connect(instance, {
        auth,
        pairing: number === undefined ? {} : { number },
        syncHistory: historyDays !== undefined || !settingsOf(instance).disableHistorySync,
        watcher: {
          ...NO_SESSION,
          ...watcher,
          paired: () => watcher.paired({ ...accountOf(auth.state.creds), adopt }),
        },
      });
    },
    wipe: (trx, instanceId) => devices.wipe(trx, instanceId),
  };
}

const ignore = () => {};
const NO_PAIRING = { qr: ignore, pairingCode: ignore, passkey: ignore, paired: ignore };
const NO_SESSION = { open: ignore, answers: ignore, versionRefusedFrom: ignore };

function accountOf({ me, platform }: AuthenticationCreds): Omit<PairedDevice, 'adopt'> {
  return {
    jid: me?.id ? jidNormalizedUser(me.id) : null,
    lid: me?.lid ? jidNormalizedUser(me.lid) : null,
    name: me?.name ?? '',
    isBusiness: BUSINESS_APPS.has(platform ?? ''),
  };
}
