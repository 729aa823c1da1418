import { expect, test } from 'vitest';
import { TestClock } from '../testing/test-clock.ts';
import { NumberCache } from './number-cache.ts';

const HOUR = 3_600_000;

/** A book, and a WhatsApp on which these numbers are registered; `asked` is what it was asked for. */
function book(...registered: string[]) {
  const clock = new TestClock();
  const numbers = new NumberCache(clock);
  const asked: string[][] = [];
  const session = {
    async lookUpNumbers(wanted: string[]) {
      asked.push(wanted);
      const found = wanted.filter((number) => registered.includes(number));
      return found.map((number) => ({ number, jid: `${number}@s.whatsapp.net`, lid: null })).reverse();
    },
  };
  const find = async (number: string, instance = 'one') =>
    (await numbers.find(instance, session, number))?.number ?? null;
  return { clock, numbers, asked, session, find };
}

test('the form that was given wins, the other one is the second choice', async () => {
  const both = book('5511999999999', '551199999999');
  expect(await both.find('551199999999')).toBe('551199999999');
  expect(await both.find('5511999999999')).toBe('5511999999999');
  const short = book('551199999999');
  expect(await short.find('5511999999999')).toBe('551199999999');
  expect(short.asked).toEqual([['5511999999999', '551199999999']]);
});

test('a hit is remembered for a day', async () => {
  const { clock, asked, find } = book('12345');
  await find('12345');
  clock.advance(24 * HOUR - 1);
  expect(await find('12345')).toBe('12345');
  expect(asked).toHaveLength(1);
  clock.advance(1);
  await find('12345');
  expect(asked).toHaveLength(2);
});

test('a miss is remembered for five minutes', async () => {
  const { clock, asked, find } = book();
  expect(await find('12345')).toBeNull();
  clock.advance(5 * 60_000 - 1);
  await find('12345');
  expect(asked).toHaveLength(1);
  clock.advance(1);
  await find('12345');
  expect(asked).toHaveLength(2);
});

test('what one instance learned stays with it, until it is forgotten', async () => {
  const { numbers, asked, find } = book('12345');
  await find('12345', 'one');
  await find('12345', 'two');
  expect(asked).toHaveLength(2);
  numbers.forget('one');
  await find('12345', 'one');
  expect(asked).toHaveLength(3);
});

test('the book holds so many numbers, and drops the one that was not used for longest', async () => {
  const { asked, find } = book();
  await find('10000');
  await find('10001');
  for (let number = 10_002; number < 15_000; number++) await find(String(number));
  await find('10000');
  await find('99999');
  const before = asked.length;
  await find('10000');
  expect(asked).toHaveLength(before);
  await find('10001');
  expect(asked).toHaveLength(before + 1);
});

test('many numbers are one question, and are remembered for the account', async () => {
  const { clock, numbers, asked, session } = book('5511999999999', '558199999999');
  const check = (...all: string[]) => numbers.check('account', session, all);
  const found = await check('5511999999999', '5581999999999', '12345', '5511999999999');
  expect(found.map((user) => user?.number ?? null)).toEqual([
    '5511999999999',
    '558199999999',
    null,
    '5511999999999',
  ]);
  clock.advance(HOUR - 1);
  await check('12345', '5511999999999');
  expect(asked).toHaveLength(1);
  clock.advance(1);
  await check('12345', '5511999999999');
  expect(asked).toEqual([expect.any(Array), ['12345']]);
});

test('numbers that WhatsApp knows under another name are asked for alone', async () => {
  const { numbers } = book();
  const renamed = { number: '5215511111111', jid: '5215511111111@s.whatsapp.net', lid: null };
  const asked: string[][] = [];
  const session = {
    async lookUpNumbers(wanted: string[]) {
      asked.push(wanted);
      return wanted.includes('525511111111') ? [renamed] : [];
    },
  };
  expect(await numbers.check('account', session, ['12345', '525511111111'])).toEqual([null, renamed]);
  expect(asked).toEqual([['12345', '525511111111'], ['12345'], ['525511111111']]);
});
