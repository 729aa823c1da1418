import type { Row } from './case.ts';
import type { Machine } from './machine.ts';

export interface Results {
  at: string;
  quick: boolean;
  machine: Machine;
  rows: Row[];
}

const HEAD = ['case', 'unit', 'ours', 'stock', 'times better', 'reach', 'met'];

/** The table in Markdown, which reads well in a terminal too. */
export function table({ rows }: Pick<Results, 'rows'>): string {
  const cells = rows.map((row) => [
    row.case,
    row.unit,
    ...[row.ours, row.stock, row.ratio].map((figure) => figure ?? '–').map(String),
    row.reach,
    row.met ? 'yes' : '**no**',
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (fields: string[]) =>
    `| ${fields.map((field, column) => field.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/** Machine and table, as `docs/performance.md` shows them. */
export function section(results: Results): string {
  const { machine, at, quick } = results;
  const size = quick ? 'quick sizes' : 'full sizes';
  return [
    `Measured on ${at.slice(0, 10)} with ${size}: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB,`,
    `${machine.system}, Node ${machine.node}; load before the run ${machine.loadBefore.toFixed(2)}.`,
    '',
    table(results),
  ].join('\n');
}

/** The fields of the last line of `--json`. */
export function summary({ rows }: Results): string {
  return JSON.stringify({
    cases: rows.map(({ detail: _, ...row }) => row),
  });
}

const BEGIN = '<!-- table of the last run: written by `npm run bench -- --write-docs` -->';
const END = '<!-- end of the table -->';

/** The page with the section of these results in its marked place. */
export function withSection(page: string, results: Results): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the table');
  return `${before}${BEGIN}\n${section(results)}\n${END}${after}`;
}
