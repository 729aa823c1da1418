/** Faults that last until they are cleared or have struck `count` times. */
export type LastingKind =
  | 'slow'
  | 'drop-acks'
  | 'ack-error'
  | 'query-error'
  | 'reject-login'
  | 'client-outdated'
  | 'duplicate'
  | 'corrupt'
  | 'corrupt-app-state'
  | 'time-skew';

export interface Fault {
  kind: LastingKind;
  /** Phone number it is limited to; every number when absent. */
  phone?: string;
  /** Device id it is limited to; every companion, but not the phone, when absent. */
  device?: number;
  /** How many times it strikes; until cleared when absent. */
  count?: number;
  /** `slow`: milliseconds; `ack-error`, `query-error`, `reject-login`: the code; `time-skew`: seconds; `client-outdated`: the
   * oldest build that is served. */
  value: number;
  /** `query-error`: the queries that it strikes, as `xmlns` or `xmlns/tag`; every query when absent. */
  query?: string;
}

/** What the control API has set to go wrong. */
export class Faults {
  #active: Fault[] = [];

  add(fault: Fault): void {
    this.#active.push({ ...fault });
  }

  clear(): void {
    this.#active = [];
  }

  list(): readonly Fault[] {
    return this.#active;
  }

  /** The fault that strikes now, if there is one; a counted fault is used up by being asked for. */
  strike(kind: LastingKind, device: Device, query?: string): Fault | undefined {
    if (this.#active.length === 0) return undefined;
    const hit = this.#active.find(
      (fault) => fault.kind === kind && concerns(fault, device) && covers(fault, query),
    );
    if (hit?.count !== undefined) {
      hit.count -= 1;
      if (hit.count <= 0) this.#active = this.#active.filter((fault) => fault !== hit);
    }
    return hit;
  }

  /** The oldest build of a client that is served; 0 when every one is. */
  get oldestBuild(): number {
    return this.#active.find((fault) => fault.kind === 'client-outdated')?.value ?? 0;
  }

  get skewSeconds(): number {
    return this.#active.find((fault) => fault.kind === 'time-skew')?.value ?? 0;
  }
}

function concerns(fault: Fault, device: Device): boolean {
  if (fault.phone !== undefined && fault.phone !== device.account.number) return false;
  return fault.device === undefined ? device.id !== 0 : fault.device === device.id;
}

function covers({ query }: Fault, asked: string | undefined): boolean {
  return query === undefined || query === asked || asked?.startsWith(`${query}/`) === true;
}

import type { Device } from './account.ts';
