import { z } from 'zod';
import type { FieldRule } from '../body/fields.ts';

export type JsonSchema = Record<string, unknown>;

/** What a request has to look like, as JSON Schema 2020-12, with the bounds that `fields.ts` states as rules. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      for (const rule of rulesOf(zodSchema)) Object.assign(jsonSchema, keywords(rule));
      delete jsonSchema.additionalProperties; // unknown fields are ignored
    },
  });
  return rest;
}

/** The rules that were given to `refine`; others have no words in JSON Schema. */
function rulesOf(schema: z.core.$ZodType): FieldRule[] {
  const checks = schema._zod.def.checks ?? [];
  return checks.flatMap((check) => {
    const { params } = check._zod.def as { params?: Partial<FieldRule> };
    return params?.rule === undefined ? [] : [params as FieldRule];
  });
}

function keywords(rule: FieldRule): JsonSchema {
  switch (rule.rule) {
    case 'required':
      return { minLength: 1 };
    case 'at most':
      return { maxLength: rule.max };
    case 'between':
      return { minimum: rule.min, maximum: rule.max };
    case 'string':
      return { type: 'string' };
    case 'integer':
      return { type: 'integer' };
    case 'sentence':
    case 'text':
      return {};
  }
}

/** The shape of an answer, from one that was given: its keys and their types. */
export function shapeOf(example: unknown): JsonSchema {
  if (example === null) return {};
  if (Array.isArray(example)) {
    return { type: 'array', ...(example.length > 0 && { items: shapeOf(example[0]) }) };
  }
  if (typeof example !== 'object') return { type: typeof example };
  const properties = Object.entries(example).map(([key, value]) => [key, shapeOf(value)]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}
