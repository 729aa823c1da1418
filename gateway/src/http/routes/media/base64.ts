import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Clock } from '../../../clock.ts';
import { failure } from '../../../failure.ts';
import { base64Length, base64Of } from '../../../instances/media/base64-stream.ts';
import type { Media } from '../../../instances/media/create.ts';
import { findFile, openFile, type StoredFile } from '../../../instances/media/stored-file.ts';
import type { Queries } from '../../../storage/queries.ts';
import type { Logger } from '../../../telemetry/log.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import { Streamed } from '../../streamed.ts';
import { requiredWord } from '../chat/fields.ts';

export interface MediaRouteDeps {
  db: Queries;
  clock: Clock;
  media: Pick<Media, 'blobs' | 'fetcher' | 'bucketOf'>;
  log: Logger;
  /** Throws `instance_not_connected`. */
  sessions: { session(instanceId: string): unknown };
}

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

export function base64Route({ db, clock, log, media, sessions }: MediaRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/chat/base64/:instance',
    summary: 'Read the stored file of a message as base64',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ messageId: requiredWord('messageId query parameter is required') }),
    async handle({ instance, query: { messageId } }) {
      const found = await findFile({ db, clock, fetcher: media.fetcher }, instance.id, messageId);
      if (found === 'not stored') sessions.session(instance.id);
      if (found === 'none' || found === 'not stored') throw failure('media_unavailable');
      const opened = await openFile(media, instance, found.file).catch((error: unknown) => {
        log.warn({ err: error, instanceId: instance.id }, 'a file could not be read from its bucket');
        return null;
      });
      if (!opened) throw failure('media_unavailable');
      return { body: streamed(found.file, opened) };
    },
  });
}

/** The answer as a stream: a hundred megabytes of file are never in memory, nor their base64. */
function streamed(file: StoredFile, { body, size }: { body: Readable; size: number }): Streamed {
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
