import type { Agent } from 'node:https';
import { Semaphore } from '../../async/semaphore.ts';
import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import { AppStateStore } from '../../whatsapp/baileys/app-state/store.ts';
import { Connection } from '../../whatsapp/baileys/connection.ts';
import { InboxJournal } from '../../whatsapp/baileys/intake/inbox-journal.ts';
import { replayJournal } from '../../whatsapp/baileys/intake/replay.ts';
import type { LinkedDevices } from '../../whatsapp/baileys/keys/linked-device.ts';
import type { MediaNetwork } from '../../whatsapp/media/network.ts';
import type { Session, SessionListener } from '../../whatsapp/session.ts';
import type { ConnectAnswer, LiveState, Supervisor } from '../supervisor.ts';
import { dormant, Runner, type RunnerTools } from './runner.ts';
import type { StateLog } from './state-log.ts';

/** Connections that open at the same time, over all instances. */
const OPENING_AT_ONCE = 8;
const RECONCILE_MS = 5_000;
const PICTURE_TIMEOUT_MS = 20_000;

export interface SupervisorOptions {
  db: Queries;
  clock: Clock;
  random: () => number;
  log: Logger;
  devices: LinkedDevices;
  states: StateLog;
  /** null = WhatsApp itself. */
  url: string | null;
  agentOf(instance: InstanceRow): Agent | null;
  media: MediaNetwork;
  settingsOf(instance: InstanceRow): { keepOnlineStatus: boolean; disableHistorySync: boolean };
  listenerOf(instanceId: string): SessionListener;
  /** Told of every session that opens; what it does there is its own. */
  opened?(instanceId: string, session: Session): void;
}

export class LiveSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #runners = new Map<string, Runner>();
  readonly #tools: RunnerTools;
  #cancelReconcile: () => void = () => {};
  #reconciling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { db, clock, random, log, devices, states, url } = options;
    const journalOf = (instanceId: string) => new InboxJournal({ db, instanceId, clock });
    this.#tools = {
      clock,
      random,
      log,
      devices,
      states,
      openings: new Semaphore(OPENING_AT_ONCE),
      recover: async (id, auth) => {
        await replayJournal({
          journal: journalOf(id),
          auth,
          listener: options.listenerOf(id),
          clock,
          log: log.child({ instance: id }),
        });
      },
      open: (instance, auth, pairing, watcher) => {
        const settings = options.settingsOf(instance);
        const agent = options.agentOf(instance);
        return new Connection({
          auth,
          url,
          agent,
          media: options.media.through(agent),
          ...(pairing?.number === undefined ? {} : { pairingNumber: pairing.number }),
          markOnline: settings.keepOnlineStatus,
          syncHistory: !settings.disableHistorySync || pairing?.historyDays !== undefined,
          clock,
          log: log.child({ instance: instance.id }),
          journal: journalOf(instance.id),
          appState: new AppStateStore({ db, instanceId: instance.id }),
          listener: options.listenerOf(instance.id),
          watcher,
        });
      },
      settleIn: (id, session) => {
        void this.#refreshProfile(id, session);
        options.opened?.(id, session);
      },
    };
  }

  /** Brings back what is to run, now and whenever the stored wish and the actual state differ. */
  start(): void {
    const turn = () => {
      this.#reconciling = this.#reconcile().finally(() => {
        if (!this.#stopped) this.#cancelReconcile = this.#options.clock.after(RECONCILE_MS, turn);
      });
    };
    turn();
  }

  /** Closes every connection; what was connected comes back at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelReconcile();
    await this.#reconciling;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  live(instance: InstanceRow): LiveState {
    return this.#runners.get(instance.id)?.live(instance.link) ?? dormant(instance.link);
  }

  session(instanceId: string): Session {
    const session = this.#runners.get(instanceId)?.session;
    if (!session) throw failure('instance_not_connected');
    return session;
  }

  connect(
    instance: InstanceRow,
    options: { number?: string; historyDays?: number | null },
  ): Promise<ConnectAnswer> {
    return this.#runner(instance.id).connect(options);
  }

  async reconnect(instance: InstanceRow): Promise<void> {
    if (instance.link !== 'linked') throw failure('session_missing');
    await this.#runner(instance.id).reconnect();
  }

  async logout(instance: InstanceRow): Promise<void> {
    const { devices, states } = this.#options;
    await this.#runner(instance.id).unlink(instance.link === 'linked');
    await states.report(
      instance.id,
      { state: 'logged_out', reason: 'requested' },
      { link: 'loggedout', desired: 'stopped' },
      (trx) => devices.wipe(trx, instance.id),
    );
  }

  async remove(instance: InstanceRow): Promise<void> {
    const runner = this.#runners.get(instance.id);
    if (!runner) return;
    await runner.unlink(false, failure('instance_unknown'));
    this.#runners.delete(instance.id);
  }

  accountSuspended(): Promise<void> {
    return this.#reconcileNow();
  }

  accountResumed(): Promise<void> {
    return this.#reconcileNow();
  }

  async settingsChanged(instance: InstanceRow): Promise<void> {
    const session = this.#runners.get(instance.id)?.session;
    const { keepOnlineStatus } = this.#options.settingsOf(instance);
    await session?.setPresence(keepOnlineStatus ? 'available' : 'unavailable');
  }

  #runner(instanceId: string): Runner {
    let runner = this.#runners.get(instanceId);
    if (!runner) {
      runner = new Runner(instanceId, this.#tools);
      this.#runners.set(instanceId, runner);
    }
    return runner;
  }

  async #reconcileNow(): Promise<void> {
    await this.#reconciling;
    this.#reconciling = this.#reconcile();
    await this.#reconciling;
  }

  /**
   * Another process may suspend an account or delete an instance, and a crash may leave anything behind, so this
   * compares instead of reacting: it converges from wherever it starts.
   */
  async #reconcile(): Promise<void> {
    const { db, log } = this.#options;
    try {
      const instances = await db
        .selectFrom('instances')
        .innerJoin('accounts', 'accounts.id', 'instances.account_id')
        .select(['instances.id', 'instances.desired', 'instances.link'])
        .where('accounts.suspended', '=', 0)
        .execute();
      const allowed = new Set(instances.map(({ id }) => id));
      for (const [id, runner] of this.#runners) {
        if (!allowed.has(id) && !runner.idle) await runner.stop();
      }
      for (const { id, desired, link } of instances) {
        if (this.#stopped || desired !== 'running' || link !== 'linked') continue;
        const runner = this.#runner(id);
        if (runner.idle && !runner.parked) runner.start();
      }
    } catch (error) {
      log.error({ err: error }, 'could not compare instances with their connections');
    }
  }

  /** What changed while nobody was connected was told to nobody. */
  async #refreshProfile(instanceId: string, { self, profile }: Session): Promise<void> {
    const { log, listenerOf } = this.#options;
    try {
      const pictureUrl = await profile.pictureUrl(self.jid, PICTURE_TIMEOUT_MS);
      const businessName = await profile.businessName(self.jid);
      await listenerOf(instanceId).profile({
        pictureUrl,
        businessName: businessName ?? '',
        ...(businessName !== null && { isBusiness: true }),
      });
    } catch (error) {
      log.debug({ instance: instanceId, err: error }, 'could not read the own profile');
    }
  }
}
