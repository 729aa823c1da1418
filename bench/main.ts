import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Case, failedRow } from './case.ts';
import { cases } from './cases/index.ts';
import { describeMachine } from './machine.ts';
import { type Results, section, summary, withSection } from './report.ts';
import { Stages } from './stage/stages.ts';

/*
 * `npm run bench`: measures the gateway, beside stock Baileys on the same sandbox. docs/performance.md explains it.
 */

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    from: { type: 'string' },
    profile: { type: 'string' },
  },
});

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const PAGE = path('../docs/performance.md');

const results = values.from ? read(values.from) : await measure(chosen(values.case));
console.log(`\n${section(results)}\n`);
if (values['write-docs']) writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), results));
if (values.json) console.log(summary(results));

function chosen(names: string[] | undefined): readonly Case[] {
  const unknown = names?.filter((name) => !cases.some((each) => each.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  return names ? cases.filter(({ name }) => names.includes(name)) : cases;
}

async function measure(wanted: readonly Case[]): Promise<Results> {
  installStock();
  const measured: Results = {
    at: new Date().toISOString(),
    quick: values.quick,
    machine: describeMachine(),
    rows: [],
  };
  const stages = new Stages(values.profile ? { profile: values.profile } : {});
  const bench = {
    stages,
    size: (full: number, quick: number) => (values.quick ? quick : full),
    say: (line: string) => console.log(line),
  };
  try {
    for (const each of wanted) {
      const began = performance.now();
      bench.say(`${each.name} …`);
      try {
        measured.rows.push(...(await each.run(bench)));
      } catch (error) {
        // The others are still worth measuring, on fresh processes.
        console.error(error);
        measured.rows.push(failedRow(each.name, error));
        process.exitCode = 1;
        await stages.close();
      }
      bench.say(`  took ${Math.round((performance.now() - began) / 1000)} s`);
    }
  } finally {
    await stages.close();
  }
  save(measured);
  return measured;
}

function installStock(): void {
  const { status } = spawnSync(process.execPath, [path('../scripts/install-stock.ts')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('stock Baileys could not be installed');
}

function save(measured: Results): void {
  mkdirSync(path('results'), { recursive: true });
  const file = path(`results/${measured.at.replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
}

function read(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}
