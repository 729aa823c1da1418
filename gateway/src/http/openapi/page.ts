import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { PRODUCT } from '../../product.ts';
import type { Route } from '../route.ts';
import { openApiDocument } from './document.ts';

/** Everything that the page loads is its own; images may be inlined, and it colours itself by style attributes. */
const CONTENT_SECURITY = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/**
 * Serves `/openapi.json` and, at `/docs`, a page to read and try it. Both are open: they say what the gateway can do,
 * nothing of what it holds.
 */
export async function serveDocs(
  app: FastifyInstance,
  routes: readonly Route[],
  { publicUrl }: { publicUrl: string | null },
): Promise<void> {
  const { name: title, version } = PRODUCT;
  const document = openApiDocument(routes, { title, version, server: publicUrl ?? '/' });
  app.get('/openapi.json', async () => document);
  await app.register(swagger, {
    mode: 'static',
    specification: { document: document as unknown as StaticDocumentSpec['document'] },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: CONTENT_SECURITY });
}
