import { expect, test } from 'vitest';
import { type WhatsAppError, whatsAppError } from '../whatsapp/errors.ts';
import { errorAnswer } from './errors.ts';

const [image, profile] = [{ field: 'image' }, { field: 'profilePicture' }];
const reason = 'timed out';

test.each<[WhatsAppError, string]>([
  [whatsAppError('picture_source_invalid', image), 'Image must be an http(s) URL or a data:image base64 URI'],
  [whatsAppError('picture_forbidden', profile), 'ProfilePicture address is not allowed'],
  [whatsAppError('picture_download_failed', { ...image, reason }), 'Failed to download image: timed out'],
  [whatsAppError('picture_too_large', image), 'Image must be at most 10 MB'],
  [whatsAppError('picture_invalid', profile), 'ProfilePicture is not a valid image'],
])("a picture that cannot be used is the client's error and names its field: $0.code", (error, text) => {
  expect(errorAnswer(error)).toMatchObject({ status: 400, body: { error: { message: text } } });
});
