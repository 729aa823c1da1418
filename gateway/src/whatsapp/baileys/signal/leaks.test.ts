import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Kind } from './testing/parties.ts';
import { leaked } from './testing/secrets.ts';

type Report = { secrets: string[]; failures: number };

async function conversationIn(kind: Kind): Promise<Report & { output: string }> {
  const child = fork(join(import.meta.dirname, 'testing/leak-child.ts'), [kind], { silent: true });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  let report: Report | undefined;
  child.on('message', (message) => {
    report = message as Report;
  });
  const [code] = await once(child, 'close');
  const output = Buffer.concat(chunks).toString();
  if (code !== 0 || !report) throw new Error(`the conversation ended with ${code}:\n${output}`);
  return { ...report, output };
}

describe('the output of a conversation', () => {
  it('contains no key and no session secret, for every failure and every log level', async () => {
    const { output, secrets, failures } = await conversationIn('ours');
    expect(secrets.length).toBeGreaterThan(80);
    expect(failures).toBe(9);
    expect(output).toContain('committed transaction');
    expect(output).toContain('Bad MAC');
    expect(leaked(secrets, output)).toEqual([]);
    for (const line of output.trim().split('\n')) expect(() => JSON.parse(line), line).not.toThrow();
  });

  it('would be seen to contain some: stock libsignal prints them', async () => {
    const { output, secrets } = await conversationIn('stock');
    expect(leaked(secrets, output)).not.toEqual([]);
  });
});

describe('the search', () => {
  it('finds a secret in every form in which a program prints bytes', () => {
    const secret = randomBytes(32);
    const around = (before: number) => Buffer.concat([randomBytes(before), secret, randomBytes(9)]);
    const outputs = [
      secret.toString('hex'),
      secret.toString('hex').toUpperCase(),
      secret.toString('base64'),
      secret.toString('base64url'),
      JSON.stringify({ key: secret }),
      JSON.stringify([...secret], null, 2),
      inspect(secret),
      inspect({ deep: { key: Uint8Array.from(secret) } }),
      ...[0, 1, 2, 3].flatMap((before) => [
        around(before).toString('hex'),
        around(before).toString('base64'),
        around(before).toString('base64url'),
      ]),
    ];
    const hex = secret.toString('hex');
    for (const output of outputs) expect(leaked([hex], `x ${output} y`), output).toEqual([hex]);
    expect(leaked([hex], randomBytes(2_000).toString('base64'))).toEqual([]);
  });
});
