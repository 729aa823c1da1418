import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { offlineGateway } from '../testing/offline.ts';
import { operationId } from './document.ts';

const [sqlite] = databases;

// biome-ignore lint/suspicious/noExplicitAny: a document is read field by field
async function read(url: string): Promise<any> {
  return (await fetch(url)).json();
}

test('the document is valid OpenAPI and describes every route, and the page to read it is there', async () => {
  const { baseUrl, routes } = await offlineGateway(await sqlite!.open());
  const document = await read(`${baseUrl}/openapi.json`);
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  for (const { method, path } of routes) {
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    expect(operation?.summary, `${method} ${path}`).toBeTruthy();
  }
  const ids = routes.map(operationId);
  expect(new Set(ids)).toHaveLength(ids.length);

  const page = await fetch(`${baseUrl}/docs`);
  expect(page.headers.get('content-type')).toMatch('text/html');
  expect(page.headers.get('content-security-policy')).toMatch("default-src 'self'");
  expect(await read(`${baseUrl}/docs/json`)).toEqual(document);
});

test('a body is described with its types, bounds and required fields', async () => {
  const { baseUrl } = await offlineGateway(await sqlite!.open());
  const { paths } = await read(`${baseUrl}/openapi.json`);
  const { requestBody } = paths['/api/message/text/{instance}'].post;
  const { schema, examples } = requestBody.content['application/json'];
  expect(schema).toMatchObject({
    type: 'object',
    required: ['number', 'message'],
    properties: {
      message: { type: 'string', minLength: 1, maxLength: 65_536 },
      delay: { type: ['integer', 'null'] },
    },
  });
  expect(examples.example1.value).toMatchObject({ number: expect.any(String), message: expect.any(String) });
});
