import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll } from 'vitest';
import { trustSandbox } from '../whatsapp/baileys/endpoint.ts';
import type { SandboxEndpoint } from './sandbox-environment.ts';

const MAIN = fileURLToPath(import.meta.resolve('@ryze/whatsapp-sandbox/main'));
const END_WITH_PARENT = import.meta.resolve('./end-with-parent.ts');

/** A WhatsApp for the tests of one file, in a process of its own, trusted by this process. */
export async function startWhatsApp(): Promise<
  SandboxEndpoint & { newPhone(name?: string, options?: object): Promise<Phone> }
> {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, MAIN, '--port', '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  afterAll(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the sandbox ended with code ${code}`);
    }),
  ]);
  child.stdout.resume();
  const endpoint = JSON.parse(line) as SandboxEndpoint;
  trustSandbox(Buffer.from(endpoint.rootKey, 'hex'));
  return {
    ...endpoint,
    newPhone: (name = 'Ana', options = {}) => Phone.make(endpoint.control, newNumber(), name, options),
  };
}

/** A Brazilian mobile number that no other test has. */
export function newNumber(): string {
  return `55219${randomInt(10_000_000, 99_999_999)}`;
}
