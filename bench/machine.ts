import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a reader must know to judge the figures; nothing that names the machine. */
export function describeMachine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    /** Runnable processes before the run: above 0.3 or so, something else was using the machine. */
    loadBefore: loadavg()[0] ?? 0,
  };
}

export type Machine = ReturnType<typeof describeMachine>;
