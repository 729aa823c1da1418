import type { Clock } from '../../../clock.ts';
import { probe } from '../../../storage/probe.ts';
import type { Queries } from '../../../storage/queries.ts';
import type { ClientVersion } from '../../../whatsapp/client-version.ts';
import type { Readiness } from '../../readiness.ts';
import type { Route } from '../../route.ts';
import { health } from './health.ts';
import { live } from './live.ts';
import { ready } from './ready.ts';

export interface HealthRouteDeps {
  db: Queries;
  clock: Clock;
  startedAt: number;
  readiness: Readiness;
  clientVersion: Pick<ClientVersion, 'health'>;
}

/** `/health`, `/live`, `/ready` */
export function healthRoutes({ db, clock, startedAt, readiness, clientVersion }: HealthRouteDeps): Route[] {
  let running: Promise<string | null> | null = null;
  // These routes need no token: requests that come together share one probe of the database.
  const database = () => {
    running ??= probe(db, clock).finally(() => {
      running = null;
    });
    return running;
  };
  return [
    health({ clock, startedAt, checks: { db: database }, clientVersion }),
    live(),
    ready({ readiness, database }),
  ];
}
