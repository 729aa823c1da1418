/*
 * `npm run fuzz -- [runs] [seed]`: throws random messages at the path of what comes in, for longer than the suite does.
 * Prints the seed; with the same seed and the same number of runs it does the same again.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';

const [runs = '5000', seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
if (![runs, seed].every((value) => /^\d{1,10}$/.test(value))) {
  console.error('usage: npm run fuzz -- [runs] [seed]');
  process.exit(2);
}
console.log(`seed ${seed}, ${runs} runs on each database`);
const vitest = spawn('vitest', ['run', 'gateway/src/instances/ingest/ingest.fuzz.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed },
});
vitest.on('exit', (code) => process.exit(code ?? 1));
