import { median } from './statistics.ts';

export interface Compared {
  ours: number;
  stock: number;
  rounds: { ours: number[]; stock: number[] };
}

/**
 * Measures both sides by turns, each round in the other order, and takes the medians: what slows the machine down for
 * a while then slows both.
 */
export async function byTurns(
  rounds: number,
  measure: { ours: () => Promise<number>; stock: () => Promise<number> },
): Promise<Compared> {
  const figures = { ours: [] as number[], stock: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'stock'] as const) : (['stock', 'ours'] as const);
    for (const side of order) figures[side].push(await measure[side]());
  }
  return { ours: median(figures.ours), stock: median(figures.stock), rounds: figures };
}
