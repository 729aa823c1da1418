import { toNumber } from '../proto.ts';

type WireNumber = Parameters<typeof toNumber>[0];

/** A text that says something, else null. */
export function textOf(value: string | null | undefined): string | null {
  return value || null;
}

/** A negative number that a sender wrote into a field of 32 bits without a sign comes out above this. */
const INT32 = 2 ** 31 - 1;

/** A whole number from 0 on, in any form that the wire has for it; null when it is missing or nonsense. */
export function countOf(value: WireNumber, max = INT32): number | null {
  if (value === null || value === undefined) return null;
  const number = toNumber(value);
  return Number.isSafeInteger(number) && number >= 0 && number <= max ? number : null;
}

/** A number that JSON can hold. */
export function finiteOf(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Most JSON that a message brings along: parameters of buttons and answers of forms. */
const JSON_CHARACTERS = 65_536;

/** A JSON object in a text; null when it is anything else. */
export function jsonObject(text: string | null | undefined): Record<string, unknown> | null {
  if (!text || text.length > JSON_CHARACTERS) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null; // what a stranger wrote need not be JSON
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text among parameters, '' when there is none under that name. */
export function parameter(parameters: Record<string, unknown> | null, ...names: string[]): string {
  for (const name of names) {
    const value = parameters && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (typeof value === 'string' && value) return value;
  }
  return '';
}
