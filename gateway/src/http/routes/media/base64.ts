import { Readable } from 'node:stream';
import { z } from 'zod';
import { base64Length, base64Of } from '../../../instances/media/base64-stream.ts';
import {
  type MessageFile,
  type MessageFileDeps,
  openMessageFile,
} from '../../../instances/open-message-file.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import { Streamed } from '../../streamed.ts';
import { requiredWord } from '../chat/fields.ts';

const examples: RouteExample[] = [
  {
    query: { messageId: '3EB08FCF27E532F1B0F5' },
    answer: {
      success: true,
      message: 'Base64 retrieved successfully',
      message_id: '3EB08FCF27E532F1B0F5',
      mime_type: 'image/jpeg',
      media_type: 'image',
      base64: '/9j/4AAQSkZJRg==',
    },
  },
];

/** GET /api/chat/base64/:instance */
export function base64Route(deps: MessageFileDeps): Route {
  return route({
    method: 'GET',
    path: '/api/chat/base64/:instance',
    summary: 'Read the stored file of a message as base64',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ messageId: requiredWord('messageId query parameter is required') }),
    async handle({ instance, query: { messageId } }) {
      return { body: streamed(await openMessageFile(instance, messageId, deps)) };
    },
  });
}

/** The answer as a stream: a hundred megabytes of file are never in memory, nor their base64. */
function streamed({ file, body, size }: MessageFile): Streamed {
  const head = JSON.stringify({
    success: true,
    message: 'Base64 retrieved successfully',
    message_id: file.message_id,
    mime_type: file.mime_type,
    media_type: file.kind,
    base64: '',
  }).slice(0, -2);
  const tail = '"}';
  async function* text() {
    yield head;
    yield* base64Of(body);
    yield tail;
  }
  return new Streamed(Readable.from(text(), { objectMode: false }), {
    contentType: 'application/json; charset=utf-8',
    length: Buffer.byteLength(head) + base64Length(size) + tail.length,
  });
}
