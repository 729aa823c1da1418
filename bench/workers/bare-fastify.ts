import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { serveCommands } from './serve-commands.ts';

/*
 * The least that Fastify can do: one route that answers with an object, and nothing around it.
 */

serveCommands({
  /** Serves this object and answers with the port. */
  async serve({ path, answer }: { path: string; answer: object }) {
    const server = fastify();
    server.get(path, async () => answer);
    await server.listen({ host: '127.0.0.1', port: 0 });
    return (server.server.address() as AddressInfo).port;
  },
});
