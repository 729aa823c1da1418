import { deadline } from '../../async/deadline.ts';
import { Semaphore } from '../../async/semaphore.ts';
import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Link, PairingOptions } from '../../whatsapp/link.ts';
import type { Session, SessionListener } from '../../whatsapp/session.ts';
import type { ConnectAnswer, LiveState, Supervisor } from '../supervisor.ts';
import { dormant } from './live-state.ts';
import { Runner, type RunnerTools } from './runner.ts';
import type { StateLog } from './state-log.ts';

/**
 * Connections that open at the same time, over all instances: WhatsApp sees a mass reconnect from one address, and one
 * machine does the key work of all of them.
 */
const OPENING_AT_ONCE = 8;
const RECONCILE_MS = 5_000;
const PICTURE_TIMEOUT_MS = 20_000;
/** How long the suspension of an account waits for its connections to close. */
const CLOSE_DEADLINE_MS = 10_000;

export interface SupervisorOptions {
  db: Queries;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  log: Logger;
  link: Link;
  states: StateLog;
  passkeys: RunnerTools['passkeys'];
  settingsOf(instance: InstanceRow): { keepOnlineStatus: boolean };
  listenerOf(instanceId: string): Pick<SessionListener, 'profile'>;
  /** Called with every session that opens; it handles its own failures. */
  opened?(instanceId: string, session: Session): void;
}

/** The instances of this process: what each is to do (stored) against what it does (its runner). */
export class LiveSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #runners = new Map<string, Runner>();
  readonly #tools: RunnerTools;
  #cancelReconcile: () => void = () => {};
  #reconciling: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#tools = {
      ...options,
      openings: new Semaphore(OPENING_AT_ONCE),
      opened: (id, session) => {
        void this.#refreshProfile(id, session);
        options.opened?.(id, session);
      },
    };
  }

  /** Brings back what is to run, now and whenever the desired state and the actual state differ. */
  start(): void {
    const reconcile = () => {
      this.#reconciling = this.#reconcile().finally(() => {
        if (!this.#stopped) this.#cancelReconcile = this.#options.clock.after(RECONCILE_MS, reconcile);
      });
    };
    reconcile();
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

  connect(instance: InstanceRow, options: PairingOptions): Promise<ConnectAnswer> {
    return this.#runner(instance.id).connect(options);
  }

  async reconnect(instance: InstanceRow): Promise<void> {
    if (instance.link !== 'linked') throw failure('session_missing');
    await this.#runner(instance.id).reconnect();
  }

  /** The desired state comes first: a comparison that runs during the logout must not start the instance again. */
  async logout(instance: InstanceRow): Promise<void> {
    const { link, states } = this.#options;
    await states.change(instance.id, { desired: 'stopped' });
    await this.#runner(instance.id).unlink({ patient: true, why: 'the instance was logged out' }, () =>
      states.report(
        instance.id,
        { state: 'logged_out', reason: 'requested' },
        { link: 'loggedout', desired: 'stopped' },
        (trx) => link.wipe(trx, instance.id),
      ),
    );
  }

  async remove(instance: InstanceRow): Promise<void> {
    await this.#options.states.change(instance.id, { desired: 'stopped' });
    const runner = this.#runners.get(instance.id);
    if (!runner) return;
    await runner.unlink({ patient: false, why: failure('instance_unknown') }, async () => {});
    // One that was given another command meanwhile is stopped once its row is gone.
    if (runner.idle) this.#runners.delete(instance.id);
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
    const reconciling = this.#reconcile();
    this.#reconciling = reconciling;
    await deadline(this.#options.clock, CLOSE_DEADLINE_MS, Promise.all(await reconciling));
  }

  /**
   * Another process may suspend an account or delete an instance, and a crash may leave anything behind, so this
   * compares instead of reacting: it converges from wherever it starts. Resolves with the stops that it began, which
   * are not waited for: one connection that does not close must not keep all others from being compared.
   */
  async #reconcile(): Promise<Promise<void>[]> {
    const { db, log } = this.#options;
    const stops: Promise<void>[] = [];
    try {
      const instances = await db
        .selectFrom('instances')
        .innerJoin('accounts', 'accounts.id', 'instances.account_id')
        .select(['instances.id', 'instances.desired', 'instances.link'])
        .where('accounts.suspended', '=', 0)
        .execute();
      const allowed = new Set(instances.map(({ id }) => id));
      for (const [id, runner] of this.#runners) {
        if (!allowed.has(id) && !runner.idle) stops.push(runner.stop());
      }
      for (const { id, desired, link } of instances) {
        if (this.#stopped || desired !== 'running' || link !== 'linked') continue;
        const runner = this.#runner(id);
        if (runner.idle && !runner.held) runner.start();
      }
    } catch (error) {
      log.error({ err: error }, 'could not compare instances with their connections');
    }
    return stops;
  }

  /** Changes that were made while the instance was not connected are not reported by WhatsApp. */
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
