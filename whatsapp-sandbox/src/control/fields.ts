import { ControlError } from './http.ts';

type Body = Record<string, unknown>;

/** A string field; undefined when absent, refused when it is something else or too long. */
export function optionalText(body: Body, name: string, max = 65_536): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new ControlError(400, `${name} must be a string`);
  if (value.length > max) throw new ControlError(400, `${name} is longer than ${max} characters`);
  return value;
}

export function text(body: Body, name: string, max?: number): string {
  const value = optionalText(body, name, max);
  if (!value) throw new ControlError(400, `${name} is missing`);
  return value;
}

/** A whole number between two bounds. */
export function optionalInteger(body: Body, name: string, min: number, max: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new ControlError(400, `${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}

export function integer(body: Body, name: string, min: number, max: number): number {
  const value = optionalInteger(body, name, min, max);
  if (value === undefined) throw new ControlError(400, `${name} is missing`);
  return value;
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw new ControlError(400, `${name} must be true or false`);
  return value;
}

/** A list of strings; undefined when absent. */
export function optionalTexts(body: Body, name: string, max: number): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) {
    throw new ControlError(400, `${name} must be a list of strings`);
  }
  if (value.length > max) throw new ControlError(400, `${name} has more than ${max} entries`);
  return value;
}

/** Any number between two bounds. */
export function optionalNumber(body: Body, name: string, min: number, max: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new ControlError(400, `${name} must be a number from ${min} to ${max}`);
  }
  return value;
}

export function number(body: Body, name: string, min: number, max: number): number {
  const value = optionalNumber(body, name, min, max);
  if (value === undefined) throw new ControlError(400, `${name} is missing`);
  return value;
}

/** A JSON object; undefined when absent. */
export function optionalObject(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ControlError(400, `${name} must be an object`);
  return value as Body;
}

export function object(body: Body, name: string): Body {
  const value = optionalObject(body, name);
  if (!value) throw new ControlError(400, `${name} is missing`);
  return value;
}

/** A list of JSON objects. */
export function objects(body: Body, name: string, max: number): Body[] {
  const value = body[name];
  if (!Array.isArray(value)) throw new ControlError(400, `${name} must be a list`);
  if (value.length > max) throw new ControlError(400, `${name} has more than ${max} entries`);
  return value.map((_, index) => object(value as unknown as Body, String(index)));
}

/** One of a few words. */
export function optionalChoice<T extends string>(
  body: Body,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(body, name);
  if (value === undefined) return undefined;
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw new ControlError(400, `${name} must be one of ${choices.join(', ')}`);
  return chosen;
}

/** A phone number: digits with country code; a leading plus, a JID's server and spaces are taken off. */
export function phoneNumber(value: string): string {
  const digits = value.replace(/@.*$/, '').replace(/[\s+()-]/g, '');
  if (!/^\d{5,15}$/.test(digits)) throw new ControlError(400, `${value} is not a phone number`);
  return digits;
}
