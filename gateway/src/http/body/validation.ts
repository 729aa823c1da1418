import { z } from 'zod';
import { type Failure, failure } from '../../failure.ts';
import type { BodyErrors } from '../route.ts';
import type { FieldRule } from './fields.ts';

type Issue = z.core.$ZodIssue;

/** Validates a body or query and throws the contract's answer to the first thing that is wrong with it. */
export function validate<S extends z.ZodType>(schema: S, value: unknown, errors: BodyErrors): z.output<S> {
  // A body that may be written in several ways is judged by the one that its fields are written in.
  if (schema instanceof z.ZodPreprocess) {
    return validate(schema.out as z.ZodType, z.parse(schema.in, value), errors) as z.output<S>;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // A wrong type is a body that does not parse: it comes before every rule about values.
  const { issues } = result.error;
  const issue = issues.find((candidate) => wrongType(candidate, value)) ?? issues[0];
  throw issue ? issueFailure(issue, value, errors) : failure('body_invalid', { detail: null });
}

function issueFailure(issue: Issue, body: unknown, errors: BodyErrors): Failure {
  const mismatch = wrongType(issue, body);
  if (mismatch) return failure('body_invalid', { detail: errors === 'short' ? null : mismatch });
  const field = fieldName(issue.path);
  const value = valueAt(body, issue.path);
  const rule = issue.code === 'custom' ? (issue.params as FieldRule | undefined) : undefined;
  // These say themselves what is to be there; they hold for a missing value too.
  if (rule?.rule === 'text' || rule?.rule === 'sentence') return ruleFailure(field, rule);
  if (isMissing(value) || (value === '' && issue.code !== 'custom'))
    return failure('field_required', { field });
  if (issue.code === 'invalid_value') {
    const words = issue.values.filter((word) => word !== '');
    return failure('field_invalid', { text: `${field} must be one of: ${words.join(', ')}` });
  }
  return rule ? ruleFailure(field, rule) : failure('field_invalid', { text: issue.message });
}

function ruleFailure(field: string, rule: FieldRule): Failure {
  switch (rule.rule) {
    case 'required':
      return failure('field_required', { field });
    case 'at most':
      return failure('field_invalid', { text: `${field} must be at most ${rule.max} characters` });
    case 'between':
      return failure('field_invalid', { text: `${field} must be between ${rule.min} and ${rule.max}` });
    case 'sentence':
      return failure('field_invalid', { text: `${field} ${rule.text}` });
    case 'text':
      return failure('field_invalid', { text: rule.text });
    case 'integer':
    case 'string':
      return failure('body_invalid', { detail: null });
  }
}

const typeNames: Record<string, string> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

/** What is wrong with the type, or null when the type is right or the value is missing. */
function wrongType(issue: Issue, body: unknown): string | null {
  const value = valueAt(body, issue.path);
  if (issue.path.length === 0 && issue.code === 'invalid_type') return 'expected a JSON object';
  if (isMissing(value)) return null;
  if (issue.code === 'invalid_type') return mismatch(issue.path, issue.message, issue.expected);
  if (issue.code === 'custom' && isTypeRule(issue.message)) return mismatch(issue.path, issue.message);
  if (issue.code === 'invalid_value' && typeof value !== 'string') return mismatch(issue.path, 'string');
  if (issue.code === 'invalid_union') return mismatch(issue.path, issue.message, 'object');
  return null;
}

/** Rules that stand for a type: their message is its name. */
function isTypeRule(message: string): boolean {
  return message === 'integer' || message === 'string';
}

/** Zod says `number` where an integer is wanted, and nothing of a union; such a schema carries the right word as its message. */
function mismatch(path: Issue['path'], ...expected: string[]): string {
  const name = expected.map((type) => typeNames[type]).find((known) => known !== undefined);
  return `${writtenPath(path)} must be ${name ?? 'of another type'}`;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function valueAt(body: unknown, path: Issue['path']): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A top-level field is named with a capital, a nested one by its path as written. */
function fieldName(path: Issue['path']): string {
  const written = writtenPath(path);
  return path.length === 1 ? written.charAt(0).toUpperCase() + written.slice(1) : written;
}

function writtenPath(path: Issue['path']): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
