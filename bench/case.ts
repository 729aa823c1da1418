import type { Stages } from './stage/stages.ts';

/** One line of the table. */
export interface Row {
  case: string;
  unit: string;
  /** null when the case failed. */
  ours: number | null;
  /** What it is measured against in the same run; null where there is nothing to compare with. */
  stock: number | null;
  /** How many times better than `stock`: above 1 is better, also where less is better. */
  ratio: number | null;
  /** In words, as in the table. */
  reach: string;
  met: boolean;
  /** Sizes, single rounds, and what else helps to judge the figure. */
  detail: Record<string, unknown>;
}

/** The line of a case that did not come to an end. */
export function failedRow(name: string, error: unknown): Row {
  const reach = 'to run';
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    case: name,
    unit: '',
    ours: null,
    stock: null,
    ratio: null,
    reach,
    met: false,
    detail: { error: text },
  };
}

export interface Bench {
  stages: Stages;
  /** The size of something: the first one, or with `--quick` the second. */
  size(full: number, quick: number): number;
  /** Reports what is going on. */
  say(line: string): void;
}

export interface Case {
  name: string;
  run(bench: Bench): Promise<Row[]>;
}
