import { type Clock, timestamp } from '../../../clock.ts';
import type { ClientVersion } from '../../../whatsapp/client-version.ts';
import { type Route, route } from '../../route.ts';
import { uptimeText } from '../../uptime.ts';

const SERVICE = 'RyzeAPI';

export interface HealthDeps {
  clock: Clock;
  /** Unix milliseconds. */
  startedAt: number;
  /** Name → null when it works, else the reason in a few words. */
  checks: Record<string, () => Promise<string | null>>;
  clientVersion: Pick<ClientVersion, 'health'>;
}

export function health({ clock, startedAt, checks, clientVersion }: HealthDeps): Route {
  return route({
    method: 'GET',
    path: '/health',
    summary: 'Say whether everything that the gateway needs works',
    examples: [
      {
        answer: {
          status: 'ok',
          service: SERVICE,
          uptime: '12h34m56s',
          timestamp: '2026-04-28T14:35:21Z',
          checks: { db: 'ok' },
        },
      },
    ],
    access: { to: 'open' },
    async handle() {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await check()] as const),
      );
      // Shown only when WhatsApp has said something about it.
      const version = clientVersion.health();
      const ok = results.every(([, reason]) => reason === null) && version?.ok !== false;
      return {
        status: ok ? 200 : 503,
        body: {
          status: ok ? 'ok' : 'degraded',
          service: SERVICE,
          uptime: uptimeText(clock.now() - startedAt),
          timestamp: timestamp(clock.now()),
          checks: {
            ...Object.fromEntries(
              results.map(([name, reason]) => [name, reason === null ? 'ok' : `fail: ${reason}`]),
            ),
            ...(version && { clientVersion: version.says }),
          },
        },
      };
    },
  });
}
