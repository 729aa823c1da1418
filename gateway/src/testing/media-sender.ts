import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterEach, beforeAll, expect } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { type Answer, type LinkedInstance, linkedGateway } from './linked-gateway.ts';
import { fileServer, mediaFiles } from './media-files.ts';
import { startWhatsApp } from './whatsapp.ts';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A linked instance that sends files to Ana, and a web server that has some; shared by the tests of a file. */
export interface MediaSender {
  instance: LinkedInstance;
  ana: Phone;
  files: Record<string, Buffer>;
  server: { url: string; requests: string[] };
  baseUrl: string;
  /** The folder of temporary files. */
  temporary: string;
  control: string;
  /** Host and port of WhatsApp's media. */
  mediaHost: string;
  /** The URL of a file. */
  url(name: string): string;
  base64(name: string): string;
  /** `URL/` in the body is the web server. */
  send(path: string, body: object): Promise<Answer>;
  /** Status and error text of a request that is refused. */
  refusal(path: string, body: object): Promise<[number, string]>;
}

/** Makes it once per file; after every test the folder of temporary files must be empty. */
export async function mediaSender(places: Parameters<typeof fileServer>[1] = {}): Promise<() => MediaSender> {
  const whatsApp = await startWhatsApp();
  let sender: MediaSender | undefined;
  let temporary = '';
  beforeAll(async () => {
    const files = await mediaFiles();
    const server = await fileServer(files, places);
    const [sqlite] = databases;
    if (!sqlite) throw new Error('no database to test with');
    const storage = await sqlite.open();
    temporary = join(storage.folder, 'temporary');
    const gateway = await linkedGateway(storage, whatsApp);
    const instance = await gateway.link(await whatsApp.newPhone('Blue Store'));
    const ana = await whatsApp.newPhone('Ana');
    const send = (path: string, body: object) => {
      const placed = JSON.parse(
        JSON.stringify({ number: ana.number, ...body }).replaceAll('URL/', `${server.url}/`),
      );
      return instance.call('POST', path, placed);
    };
    sender = {
      instance,
      ana,
      files,
      server,
      baseUrl: gateway.baseUrl,
      temporary,
      control: whatsApp.control,
      mediaHost: whatsApp.mediaHost,
      url: (name) => `${server.url}/files/${name}`,
      base64: (name) => (files[name] as Buffer).toString('base64'),
      send,
      async refusal(path, body) {
        const { status, body: answer } = await send(path, body);
        return [status, answer.error?.message];
      },
    };
  });
  afterEach(async () => {
    expect(await readdir(temporary)).toEqual([]);
  });
  return () => {
    if (!sender) throw new Error('asked for before it was made');
    return sender;
  };
}
