import type { Clock } from '../../../clock.ts';
import type { WebhookConfigDeps } from '../../../events/webhooks/webhook-config.ts';
import type { WebhookViewDeps } from '../../../events/webhooks/webhook-view.ts';
import type { PasskeyCeremonies } from '../../../instances/passkey/ceremonies.ts';
import type { InstanceRecords } from '../../../instances/records.ts';
import type { Supervisor } from '../../../instances/supervisor.ts';
import type { TokensInClear } from '../../../instances/tokens-in-clear.ts';
import type { Queries } from '../../../storage/queries.ts';
import type { AccessWatcher } from '../../../tenancy/access-watcher.ts';

export interface InstanceRouteDeps extends WebhookConfigDeps, WebhookViewDeps {
  db: Queries;
  clock: Clock;
  records: InstanceRecords;
  supervisor: Supervisor;
  tokens: TokensInClear;
  watcher: AccessWatcher;
  passkeys: PasskeyCeremonies;
  /** Under which clients reach the gateway. */
  baseUrl(): string;
}
