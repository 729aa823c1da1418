import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { significant } from './statistics.ts';

/** Linux counts in ticks of a hundredth of a second, independent of the kernel's own timer. */
const TICK_MS = 10;
const SETTLED_SHARE = 0.1;
const LOOK_EVERY_MS = 1_000;
const SETTLE_DEADLINE_MS = 120_000;

/** Processor time that a process has used since its start, all threads, in milliseconds. From /proc: Linux only. */
export function cpuMs(pid: number): number {
  // The name of the program may hold blanks and brackets; what counts comes behind the last bracket.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function rssMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (!line) throw new Error(`process ${pid} shows no memory`);
  return (Number(line) * 1024) / 1e6;
}

/** Waits until a process uses less than a tenth of a core, two seconds in a row. */
export async function settled(pid: number): Promise<void> {
  const deadline = Date.now() + SETTLE_DEADLINE_MS;
  for (let calm = 0; calm < 2; ) {
    const before = cpuMs(pid);
    await pause(LOOK_EVERY_MS);
    calm = (cpuMs(pid) - before) / LOOK_EVERY_MS < SETTLED_SHARE ? calm + 1 : 0;
    if (Date.now() > deadline) throw new Error(`process ${pid} does not come to rest`);
  }
}

/** Adds up the processor time of several processes while they work, and divides it by what they did. */
export class CpuPerUnit<Side extends string> {
  readonly #pids: Record<Side, number>;
  readonly #sums = new Map<Side, { ms: number; units: number }>();

  constructor(pids: Record<Side, number>) {
    this.#pids = pids;
  }

  async of<T>(side: Side, units: number, work: () => Promise<T>): Promise<T> {
    const before = cpuMs(this.#pids[side]);
    const result = await work();
    const sum = this.#sums.get(side) ?? { ms: 0, units: 0 };
    this.#sums.set(side, { ms: sum.ms + cpuMs(this.#pids[side]) - before, units: sum.units + units });
    return result;
  }

  /** Milliseconds per unit. */
  figures(): Record<string, number> {
    return Object.fromEntries(
      [...this.#sums].map(([side, { ms, units }]) => [side, significant(ms / units)]),
    );
  }
}
