import { randomBytes } from 'node:crypto';
import { silentLog, testOutbox, testSeal } from '../../events/testing/events.ts';
import { Ingest } from '../../instances/ingest/ingest.ts';
import { PasskeyCeremonies } from '../../instances/passkey/ceremonies.ts';
import { LiveSupervisor } from '../../instances/running/live-supervisor.ts';
import { createStateLog } from '../../instances/running/state-log.ts';
import { settingsOf } from '../../instances/settings.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { createBaileysLink } from '../../whatsapp/baileys/link.ts';
import { ClientVersion } from '../../whatsapp/client-version.ts';
import { MediaNetwork } from '../../whatsapp/media/network.ts';
import { adminRoutes } from '../routes/admin/index.ts';
import { instanceRoutes } from '../routes/instance/index.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from './gateway.ts';

/** Without a WhatsApp nothing asks for a passkey. */
export function noPasskeys(): PasskeyCeremonies {
  return new PasskeyCeremonies({ clock: new TestClock(), random: randomBytes });
}

/** The supervisor itself, on a WhatsApp that does not answer; it notes its calls and can be made to fail. */
export class WatchedSupervisor extends LiveSupervisor {
  readonly calls: string[] = [];
  /** What `remove` throws, when set. */
  broken: Error | null = null;

  constructor(db: Queries) {
    const clock = new TestClock();
    const seal = testSeal();
    const { outbox } = testOutbox(db, seal, { clock });
    const log = silentLog;
    const listenerOf = (id: string) => new Ingest(id, { db, outbox, clock, log, settingsOf, sessions: this });
    super({
      db,
      clock,
      random: Math.random,
      log,
      link: createBaileysLink({
        db,
        seal,
        clock,
        log,
        url: 'ws://127.0.0.1:9/',
        agentOf: () => null,
        media: new MediaNetwork(null),
        settingsOf,
        listenerOf,
        clientVersion: new ClientVersion(null, log),
      }),
      states: createStateLog({ db, outbox, clock }),
      passkeys: noPasskeys(),
      settingsOf,
      listenerOf,
    });
  }

  override async remove(instance: InstanceRow): Promise<void> {
    if (this.broken) throw this.broken;
    this.calls.push(`remove ${instance.name}`);
    await super.remove(instance);
  }

  override async settingsChanged(instance: InstanceRow): Promise<void> {
    this.calls.push(`settings ${instance.name}`);
    await super.settingsChanged(instance);
  }
}

export interface TenantGateway extends TestGateway {
  supervisor: WatchedSupervisor;
}

/** A gateway with the routes of instances and accounts. */
export async function tenantGateway(
  storage: TestStorage,
  options: Partial<TestGatewayOptions> = {},
): Promise<TenantGateway> {
  const supervisor = new WatchedSupervisor(storage.db);
  const gateway = await testGateway({
    storage,
    removeInstance: (instance) => supervisor.remove(instance),
    routes: (services) => [
      ...instanceRoutes({ ...services, supervisor, passkeys: noPasskeys(), baseUrl: () => '', allowed: [] }),
      ...adminRoutes(services),
    ],
    ...options,
  });
  return { ...gateway, supervisor };
}
