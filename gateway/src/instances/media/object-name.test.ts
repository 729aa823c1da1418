import { expect, test } from 'vitest';
import { objectName, safeMimeType } from './object-name.ts';

const PLAIN = { messageId: '3EB0C1D2E3F405162739', mimeType: 'image/jpeg', fileName: null, unique: null };

test.each<[string, Partial<Parameters<typeof objectName>[0]>, string | RegExp]>([
  ['id and type', {}, '3EB0C1D2E3F405162739.jpg'],
  ['parameters of a type', { mimeType: 'audio/ogg; codecs=opus' }, '3EB0C1D2E3F405162739.ogg'],
  [
    'the name of a document',
    { mimeType: 'application/x-own', fileName: 'Offer.DOCX' },
    '3EB0C1D2E3F405162739.docx',
  ],
  ['nothing known', { mimeType: '' }, '3EB0C1D2E3F405162739.bin'],
  ['a hostile name', { mimeType: '', fileName: 'x.a/../../b' }, '3EB0C1D2E3F405162739.bin'],
  ['a name of the prototype', { mimeType: 'constructor' }, '3EB0C1D2E3F405162739.bin'],
  ['a hostile id', { messageId: '../../../etc/passwd' }, /^[0-9a-f]{32}\.jpg$/],
  ['an id that was there before', { unique: '0a1b2c3d' }, '3EB0C1D2E3F405162739-0a1b2c3d.jpg'],
])('an object is named after %s', (_, file, name) => {
  expect(objectName({ ...PLAIN, ...file })).toEqual(
    typeof name === 'string' ? name : expect.stringMatching(name),
  );
});

test.each([
  ['audio/ogg; codecs=opus', 'audio/ogg; codecs=opus'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
  ['text/html\r\nx-amz-acl: public-read', 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['image', 'application/octet-stream'],
])('the type %j may stand in a header as %j', (given, safe) => {
  expect(safeMimeType(given)).toBe(safe ?? given);
});
