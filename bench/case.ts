import type { Stages } from './stage/stages.ts';

/** One line of the table. */
export interface Row {
  case: string;
  unit: string;
  ours: number;
  /** What it is measured against in the same run; null where there is nothing to compare with. */
  stock: number | null;
  /** How many times better than `stock`: above 1 is better, also where less is better. */
  ratio: number | null;
  /** In words, as in the table. */
  reach: string;
  met: boolean;
  /** Sizes, single rounds, and whatever else helps to judge the figure. */
  detail: Record<string, unknown>;
}

/** A case that this sandbox cannot play. */
export interface Omitted {
  case: string;
  omitted: string;
}

export interface Bench {
  stages: Stages;
  /** The size of something: the first one, or with `--quick` the second. */
  size(full: number, quick: number): number;
  /** Tells what is going on. */
  say(line: string): void;
}

export interface Case {
  name: string;
  run(bench: Bench): Promise<Row[] | Omitted>;
}
