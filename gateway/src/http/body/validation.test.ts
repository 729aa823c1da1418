import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { errorAnswer } from '../errors.ts';
import type { BodyErrors } from '../route.ts';
import {
  absentWhenNull,
  fieldError,
  oneOf,
  optionalFlag,
  optionalList,
  optionalOneOf,
  optionalText,
  optionalWholeNumber,
  requiredFlag,
  requiredText,
  textError,
  wholeNumber,
} from './fields.ts';
import { validate } from './validation.ts';

const body = z
  .object({
    name: requiredText(5),
    note: optionalText(3),
    on: requiredFlag,
    flag: optionalFlag,
    delay: optionalWholeNumber(0, 10),
    kind: optionalOneOf('a', 'b'),
    tags: optionalList(z.string(), 2, 'Tags must be at most 2'),
    buttons: absentWhenNull(
      z.array(z.object({ text: requiredText(5), id: wholeNumber(1, 3), is: oneOf('x', 'y') })),
    ),
    code: optionalText(9).refine((code) => code !== 'bad', textError('Code is bad')),
  })
  .superRefine((value, context) => {
    if (value.flag && !value.note) {
      context.addIssue({ code: 'custom', path: ['note'], ...fieldError({ rule: 'required' }) });
    }
  });
const good = { name: 'abc', on: true };

function text(value: unknown, errors: BodyErrors = 'detailed'): string {
  try {
    validate(body, value, errors);
  } catch (error) {
    if (error instanceof Failure) return errorAnswer(error).body.error.message;
    throw error;
  }
  return 'ok';
}

describe('a body', () => {
  it('is taken without its unknown fields, with null and empty optional ones left out', () => {
    const value = { ...good, note: '', flag: null, delay: null, kind: '', tags: null, other: 1, code: null };
    expect(validate(body, value, 'short')).toEqual({ name: 'abc', on: true });
  });

  it.each([
    [{ on: true }, 'Name is required'],
    [{ ...good, name: null }, 'Name is required'],
    [{ ...good, name: '' }, 'Name is required'],
    [{ ...good, name: 'abcdef' }, 'Name must be at most 5 characters'],
    [{ ...good, name: '😀😀😀😀😀' }, 'ok'],
    [{ ...good, name: '😀😀😀😀😀😀' }, 'Name must be at most 5 characters'],
    [{ name: 'abc' }, 'On is required'],
    [{ name: 'abc', on: 'true' }, 'Invalid request body: on must be a boolean'],
    [{ name: 5, on: true }, 'Invalid request body: name must be a string'],
    [{ name: '', on: 1 }, 'Invalid request body: on must be a boolean'],
    [{ ...good, delay: '3' }, 'Invalid request body: delay must be an integer'],
    [{ ...good, delay: 1.5 }, 'Invalid request body: delay must be an integer'],
    [{ ...good, delay: 11 }, 'Delay must be between 0 and 10'],
    [{ ...good, kind: 'c' }, 'Kind must be one of: a, b'],
    [{ ...good, kind: 3 }, 'Invalid request body: kind must be a string'],
    [{ ...good, tags: 'x' }, 'Invalid request body: tags must be an array'],
    [{ ...good, tags: ['a', 2] }, 'Invalid request body: tags[1] must be a string'],
    [{ ...good, tags: ['a', 'b', 'c'] }, 'Tags must be at most 2'],
    [{ ...good, buttons: [{ id: 1, is: 'x' }] }, 'buttons[0].text is required'],
    [{ ...good, buttons: [{ text: '', id: 1, is: 'x' }] }, 'buttons[0].text is required'],
    [{ ...good, buttons: [{ text: 'a', id: 4, is: 'x' }] }, 'buttons[0].id must be between 1 and 3'],
    [{ ...good, buttons: [{ text: 'a', id: 3, is: 'z' }] }, 'buttons[0].is must be one of: x, y'],
    [{ ...good, buttons: ['a'] }, 'Invalid request body: buttons[0] must be an object'],
    [{ ...good, code: 'bad' }, 'Code is bad'],
    [{ ...good, flag: true }, 'Note is required'],
    [[], 'Invalid request body: expected a JSON object'],
    ['text', 'Invalid request body: expected a JSON object'],
    [null, 'Invalid request body: expected a JSON object'],
  ])('%j answers %s', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it('names no detail in the short form', () => {
    expect(text({ name: 5, on: true }, 'short')).toBe('Invalid request body');
    expect(text([], 'short')).toBe('Invalid request body');
  });

  it('looks at one entry more than a list may have, and at none after it', () => {
    const looked: unknown[] = [];
    const entry = z.number().refine((value) => looked.push(value), 'never');
    const list = z.object({ list: optionalList(entry, 2, 'At most 2') });
    expect(() => validate(list, { list: [1, 2, 3, 4, 5] }, 'detailed')).toThrow(Failure);
    expect(looked).toEqual([1, 2, 3]);
  });
});
