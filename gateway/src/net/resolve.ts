import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a name. Injected, so that tests have names of their own. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

const QUERY_TIMEOUT_MS = 2_500;
const TRIES = 2;

export interface DnsOptions {
  servers?: string[];
  timeoutMs?: number;
}

/** What DNS answers when it knows no such name. */
const UNKNOWN = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Asks the DNS servers without Node's thread pool. `dns.lookup` waits in one of its few threads, so two names whose
 * servers stay silent would hold up every other tenant's. Only names that DNS does not know go on to the system:
 * those of its hosts file and search domains.
 *
 * `servers`: `address:port`; the system's when left out. `timeoutMs`: of the first of two tries, doubled by the other.
 */
export function dnsResolve({ servers, timeoutMs = QUERY_TIMEOUT_MS }: DnsOptions = {}): Resolve {
  const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [...entries(v4, 4), ...entries(v6, 6)];
    if (addresses.length > 0) return addresses;
    const failed = [v4, v6].flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    const trouble = failed.find((error: NodeJS.ErrnoException) => !UNKNOWN.has(error.code ?? ''));
    if (trouble) throw trouble;
    return lookup(hostname, { all: true });
  };
}

function entries(answer: PromiseSettledResult<string[]>, family: number): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}
