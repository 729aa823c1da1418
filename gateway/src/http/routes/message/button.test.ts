import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/button/:instance';
const yes = { id: 'confirm', displayText: 'Yes' };
const good = { number: '5511999999999', contentText: 'Sure?', buttons: [yes] };
const withButton = (fields: object) => ({ ...good, buttons: [yes, { ...yes, ...fields }] });
const COUNT = 'Buttons must contain between 1 and 3 items';

describe('POST /api/message/button/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, contentText: undefined }, 'ContentText is required'],
    [{ ...good, contentText: ' ' }, 'ContentText is required'],
    [{ ...good, contentText: 'x'.repeat(65_537) }, 'ContentText must be at most 65536 characters'],
    [{ ...good, buttons: undefined }, COUNT],
    [{ ...good, buttons: [] }, COUNT],
    [{ ...good, buttons: Array(4).fill(yes) }, COUNT],
    [{ ...good, buttons: yes }, 'Invalid request body: buttons must be an array'],
    [withButton({ id: undefined }), 'buttons[1].id is required'],
    [withButton({ displayText: '' }), 'buttons[1].displayText is required'],
    [withButton({ displayText: 1 }), 'Invalid request body: buttons[1].displayText must be a string'],
    [
      withButton({ displayText: 'x'.repeat(1_025) }),
      'buttons[1].displayText must be at most 1024 characters',
    ],
    [withButton({ id: 'x'.repeat(1_025) }), 'buttons[1].id must be at most 1024 characters'],
    [withButton({ type: 'reply' }), 'buttons[1].type must be one of: REPLY, URL, CALL, COPY'],
    [withButton({ type: 5 }), 'Invalid request body: buttons[1].type must be a string'],
    [withButton({ type: 'URL' }), 'buttons[1].id must be an http(s) URL'],
    [withButton({ type: 'URL', id: 'javascript:alert(1)' }), 'buttons[1].id must be an http(s) URL'],
    [
      withButton({ type: 'URL', id: `https://x/${'x'.repeat(8_192)}` }),
      'buttons[1].id must be at most 8192 characters',
    ],
    [withButton({ type: 'CALL' }), 'buttons[1].id must be a phone number'],
    [{ ...good, mediaUrl: 'https://x' }, 'MediaType is required when mediaUrl is present'],
    [{ ...good, mediaUrl: 'https://x', mediaType: '' }, 'MediaType is required when mediaUrl is present'],
    [
      { ...good, mediaUrl: 'https://x', mediaType: 'image' },
      'MediaType must be one of: IMAGE, VIDEO, DOCUMENT',
    ],
    [{ ...good, mediaUrl: 5, mediaType: 'IMAGE' }, 'Invalid request body: mediaUrl must be a string'],
    [
      { ...good, mediaUrl: 'ftp://x/y', mediaType: 'IMAGE' },
      'MediaUrl must be an http(s) URL or base64 data',
    ],
    [{ ...good, mediaUrl: 'data:image/png,x', mediaType: 'IMAGE' }, 'Invalid base64 data'],
    [{ ...good, headerText: [] }, 'Invalid request body: headerText must be a string'],
    [{ ...good, footerText: 'x'.repeat(1_025) }, 'FooterText must be at most 1024 characters'],
  ]);

  acceptsBodies(PATH, [
    ['three buttons', { ...good, buttons: Array(3).fill(yes) }],
    ['a long link', withButton({ type: 'URL', id: `https://x/${'x'.repeat(8_000)}` })],
    ['a number as people write it', withButton({ type: 'CALL', id: '+55 (11) 88888-8888' })],
    ['a file of 2 MiB', { ...good, mediaUrl: 'A'.repeat(2 * 1_048_576), mediaType: 'IMAGE' }],
    ['an empty type', withButton({ type: '' })],
  ]);
});
