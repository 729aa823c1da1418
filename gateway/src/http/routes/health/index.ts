import type { Clock } from '../../../clock.ts';
import { probe } from '../../../storage/probe.ts';
import type { Queries } from '../../../storage/queries.ts';
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
}

/** `/health`, `/live`, `/ready` */
export function healthRoutes({ db, clock, startedAt, readiness }: HealthRouteDeps): Route[] {
  let asked: Promise<string | null> | null = null;
  // Anybody may ask: however many do at the same time, the database is asked once.
  const database = () => {
    asked ??= probe(db).finally(() => {
      asked = null;
    });
    return asked;
  };
  return [health({ clock, startedAt, checks: { db: database } }), live(), ready({ readiness, database })];
}
