import { failure } from '../failure.ts';
import { dormant } from '../instances/runner.ts';
import type { Supervisor } from '../instances/supervisor.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { TestStorage } from '../storage/testing.ts';
import { adminRoutes } from './routes/admin/index.ts';
import { instanceRoutes } from './routes/instance/index.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from './testing.ts';

/** A supervisor of instances that nobody connects; it notes what it is told. */
export class IdleSupervisor implements Supervisor {
  readonly told: string[] = [];
  /** What `remove` throws, when set. */
  broken: Error | null = null;

  live(instance: InstanceRow) {
    return dormant(instance.link);
  }

  session(): never {
    throw failure('instance_not_connected');
  }

  connect(): never {
    throw failure('connect_timed_out', { waitingFor: 'QR code' });
  }

  reconnect(): never {
    throw failure('session_missing');
  }

  async logout(instance: InstanceRow): Promise<void> {
    this.told.push(`logout ${instance.name}`);
  }

  async remove(instance: InstanceRow): Promise<void> {
    if (this.broken) throw this.broken;
    this.told.push(`remove ${instance.name}`);
  }

  async accountSuspended(): Promise<void> {
    this.told.push('suspended');
  }

  async accountResumed(): Promise<void> {
    this.told.push('resumed');
  }

  async settingsChanged(instance: InstanceRow): Promise<void> {
    this.told.push(`settings ${instance.name}`);
  }
}

export interface TenantGateway extends TestGateway {
  supervisor: IdleSupervisor;
}

/** A gateway with the routes of instances and accounts. */
export async function tenantGateway(
  storage: TestStorage,
  options: Partial<TestGatewayOptions> = {},
): Promise<TenantGateway> {
  const supervisor = new IdleSupervisor();
  const gateway = await testGateway({
    storage,
    removeInstance: (instance) => supervisor.remove(instance),
    routes: (services) => [
      ...instanceRoutes({ ...services, supervisor, allowed: [] }),
      ...adminRoutes(services),
    ],
    ...options,
  });
  return { ...gateway, supervisor };
}
