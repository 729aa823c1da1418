import { expect, test } from 'vitest';
import { urlOfEvent } from './webhook-request.ts';

test.each([
  ['https://app/wh', 'https://app/wh/message.exchange'],
  ['https://app/wh/', 'https://app/wh/message.exchange'],
  ['https://app/wh/?k=1', 'https://app/wh/message.exchange?k=1'],
  ['https://app/wh?k=a/b', 'https://app/wh/message.exchange?k=a/b'],
  ['https://app', 'https://app/message.exchange'],
])('the event name goes behind the path of %s', (url, expected) => {
  expect(urlOfEvent(url, 'message.exchange')).toBe(expected);
});
