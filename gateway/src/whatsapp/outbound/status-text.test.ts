import { expect, test } from 'vitest';
import { openMessage } from '../wire.ts';
import type { Building } from './kind.ts';
import { type StatusText, statusTextKind } from './status-text.ts';

const built = async (looks: Partial<StatusText>) => {
  const { message } = await statusTextKind({ text: 'Hi', ...looks }).build({ secret: null } as Building);
  return openMessage(message).extendedTextMessage;
};

test.each([
  [undefined, 0],
  ['system', 0],
  ['sans-serif', 1],
  ['system_text', 1],
  ['fb_script', 2],
  ['system_bold', 6],
  ['morningbreeze_regular', 7],
  ['serif', 8],
  ['calistoga_regular', 8],
  ['exo2_extrabold', 9],
  ['courierprime_bold', 10],
  ['comic', 0],
  ['constructor', 0],
])('the font %s is number %i', async (font, number) => {
  expect(await built({ font })).toMatchObject({ text: 'Hi', font: number });
});

test('a background is opaque with white letters; without one the viewer takes his own', async () => {
  expect(await built({ background: 'FF0000' })).toMatchObject({
    backgroundArgb: 0xffff0000,
    textArgb: 0xffffffff,
  });
  expect(await built({})).toEqual({ text: 'Hi', font: 0 });
});
