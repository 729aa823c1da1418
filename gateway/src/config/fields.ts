import { readFileSync } from 'node:fs';
import { z } from 'zod';

/* The kinds of values that settings take. Each error message says what the value must be. */

export const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number(`must be a whole number between ${min} and ${max}`)
    .int(`must be a whole number between ${min} and ${max}`)
    .min(min, `must be a whole number between ${min} and ${max}`)
    .max(max, `must be a whole number between ${min} and ${max}`);

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

export const absoluteUrl = (protocols: string[]) =>
  z.string().refine(
    (text) => {
      const url = URL.parse(text);
      return url !== null && protocols.includes(url.protocol);
    },
    `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );

const KEY_BYTES = 32;
export const encryptionKey = z.string().transform((text, context) => {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (bytes.length === KEY_BYTES) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes, written as 64 hexadecimal digits or in base64',
  });
  return z.NEVER;
});

export const hostAndPort = z.string().transform((text, context) => {
  const url = /^[^/@?#]+:\d+$/.test(text) ? URL.parse(`tcp://${text}`) : null;
  if (url) return { host: url.hostname, port: Number(url.port) };
  context.addIssue({ code: 'custom', message: 'must be host:port' });
  return z.NEVER;
});

const UINT32_MAX = 2 ** 32 - 1;
export const versionNumbers = z.string().transform((text, context): [number, number, number] => {
  const [first = -1, second = -1, third = -1, ...more] = text.split('.').map(wholeOrMinus);
  const fits = more.length === 0 && [first, second, third].every((part) => part >= 0 && part <= UINT32_MAX);
  if (fits) return [first, second, third];
  context.addIssue({ code: 'custom', message: 'must be three whole numbers like 2.3000.1043857760' });
  return z.NEVER;
});

function wholeOrMinus(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : -1;
}

export const readableFile = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read: ${(error as Error).message}` });
    return z.NEVER;
  }
});

/** `scheme://host[:port]` exactly as a browser sends it, or `*`. */
export function isOrigin(text: string): boolean {
  return text === '*' || URL.parse(text)?.origin === text;
}
