import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { atEnd } from './testing/at-end.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(...args: string[]) {
  const sandbox = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(() => sandbox.kill('SIGKILL'));
  return { sandbox, output: text(sandbox.stdout), errors: text(sandbox.stderr), exit: once(sandbox, 'exit') };
}

test('the program prints its info as one JSON line, serves, and saves when it is told to stop', async () => {
  const state = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json');
  const { sandbox, output, errors, exit } = start('--port', '0', '--state', state);
  const [first] = await once(sandbox.stdout, 'data');
  const info = JSON.parse(String(first));
  await fetch(`${info.control}/phones`, { method: 'POST', body: '{"number": "4915100000001"}' });
  expect(await (await fetch(`${info.control}/info`)).json()).toEqual(info);
  sandbox.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(await output).toBe(`${JSON.stringify(info)}\n`);
  expect(await errors).toBe('');
  expect(JSON.parse(readFileSync(state, 'utf8')).phones[0].number).toBe('4915100000001');
});

test('a port or a state file that cannot be used is said in one line', async () => {
  const state = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json');
  writeFileSync(state, 'not json');
  for (const args of [
    ['--port', 'x'],
    ['--port', '0', '--state', state],
  ]) {
    const { errors, exit } = start(...args);
    const [code] = await exit;
    expect(code).not.toBe(0);
    expect((await errors).trim().split('\n')).toHaveLength(1);
  }
});
