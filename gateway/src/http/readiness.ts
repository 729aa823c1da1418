/** Why the gateway wants no traffic now; null = it does. */
export type NotReady = 'starting' | 'migrating' | 'database' | 'draining';

export interface Readiness {
  /** What the process itself knows; `database` is found out by asking it. */
  reason(): Exclude<NotReady, 'database'> | null;
}
