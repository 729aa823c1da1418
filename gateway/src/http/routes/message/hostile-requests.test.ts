import { describe, expect, test } from 'vitest';
import { carouselExample } from './carousel.example.ts';
import { unlinkedSender } from './testing/messages.ts';
import { HOSTILE } from './testing/sent/table.ts';

/** A body of each kind with every field in it. */
const number = '5511999999999';
const button = { id: 'a', displayText: 'A', type: 'REPLY' };
const bodies: [path: string, body: object][] = [
  ['text', { message: 'x', mention: [number], mentionAll: true, linkPreview: true }],
  ['location', { latitude: 1, longitude: 2, name: 'x', address: 'x' }],
  ['contact', { vcard: [{ fullName: 'x', phone: number, organization: 'x', email: 'x', url: 'https://x' }] }],
  ['reaction', { messageId: 'x', reaction: '👍', fromMe: true, participant: number }],
  ['poll', { question: 'x', options: ['a', 'b'], maxAnswer: 1 }],
  ['carousel', carouselExample.body ?? {}],
  ['button', { contentText: 'x', headerText: 'x', footerText: 'x', buttons: [button] }],
  [
    'list',
    {
      contentText: 'x',
      buttonText: 'x',
      headerText: 'x',
      footerText: 'x',
      sections: [{ title: 'x', rows: [{ id: 'x', title: 'x', description: 'x' }] }],
    },
  ],
  [
    'form',
    {
      message: 'x',
      formType: 'contact_details',
      buttonLabel: 'x',
      flowToken: 'x',
      flowId: 'x',
      flowMessageVersion: 'x',
      messageVersion: 1,
      emailVisible: true,
      offerName: 'x',
    },
  ],
  ['form', { message: 'x', messageVersion: 1, buttonParamsJSON: '{}' }],
  [
    'pix',
    {
      merchantName: 'x',
      pixKey: 'x',
      pixKeyType: 'CPF',
      message: 'x',
      items: [{ name: 'x', description: 'x', quantity: 1, unitPrice: 1 }],
    },
  ],
  [
    'event',
    {
      name: 'x',
      startAt: '2026-04-28T14:00:00Z',
      endAt: '2026-04-28T15:00:00Z',
      description: 'x',
      location: { name: 'x', address: 'x', latitude: 1, longitude: 1 },
      joinLink: 'https://x',
      isScheduleCall: true,
      reminderOffsetSec: 1,
    },
  ],
];
const address = { number, source: 'x' };
const sending = { ...address, delay: 0, replyTo: 'x', replyPrivate: false };

const HUGE = 'x'.repeat(1_000_000);
const values: unknown[] = [
  null,
  '',
  ' ',
  -1,
  1.5,
  1e300,
  true,
  [],
  [null],
  {},
  HOSTILE,
  '\ud800',
  '\0',
  '__proto__',
  HUGE,
];

/** Every body that has one value, at any depth, replaced by another one or left out. */
function* broken(whole: object): Generator<[string, object]> {
  for (const path of pathsOf(whole)) {
    yield [`${path.join('.')} missing`, replaced(whole, path, undefined) as object];
    for (const value of values) {
      const shown = value === HUGE ? 'huge' : JSON.stringify(value);
      yield [`${path.join('.')} = ${shown}`, replaced(whole, path, value) as object];
    }
  }
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function replaced(whole: unknown, [key, ...rest]: (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(whole)
    ? [...whole]
    : { ...(whole as object) };
  const record = copy as Record<string, unknown>;
  record[key] = replaced(record[key], rest, value);
  return copy;
}

describe('any content of a field of a sending request', () => {
  const sender = unlinkedSender();

  test.each(bodies)(
    '%s answers with a clear refusal, or passes',
    async (kind, body) => {
      const path = `/api/message/${kind}/:instance`;
      const whole = { ...(kind === 'reaction' ? address : sending), ...body };
      expect(await sender().refusal(path, whole)).toMatchObject([503, expect.any(String)]);
      const wrong: string[] = [];
      for (const [what, request] of broken(whole)) {
        const [status, text] = await sender().refusal(path, request);
        const clear = status === 503 || (status === 400 && /^[\w[\].]+ |^Invalid |^Unsupported /.test(text));
        const fitting = !what.endsWith('huge') || (status === 400 && text.length < 200);
        if (!clear || !fitting) wrong.push(`${what}: ${status} ${text}`);
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  test.each(['{"a":1', '[', 'null', '"text"', '[]', '{"number":"\\ud800"}', '{"__proto__":{"number":"1"}}'])(
    'the body %s is 400',
    async (body) => {
      for (const [kind] of bodies) {
        expect((await sender().refusal(`/api/message/${kind}/:instance`, body))[0]).toBe(400);
      }
    },
  );

  test('a body above its bound is 413', async () => {
    const body = { number, message: 'x'.repeat(1_100_000) };
    for (const kind of ['text', 'location', 'contact', 'reaction', 'poll', 'list', 'form', 'pix', 'event']) {
      const refusal = await sender().refusal(`/api/message/${kind}/:instance`, body);
      expect(refusal).toEqual([413, 'Request body too large']);
    }
  });
});
