import type { z } from 'zod';
import type { Access, Route } from '../route.ts';
import { inputSchema, type JsonSchema, shapeOf } from './json-schema.ts';

export interface DocumentOptions {
  title: string;
  version: string;
  /** Base URL under which clients reach the gateway. */
  server: string;
}

/** The OpenAPI 3.1 document of these routes; everything in it is made from what the routes themselves say. */
export function openApiDocument(routes: readonly Route[], { title, version, server }: DocumentOptions) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: server }],
    tags: [...new Set(routes.map(moduleOf))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'token' },
        bearer: { type: 'http', scheme: 'bearer' },
        query: { type: 'apiKey', in: 'query', name: 'token' },
      },
      schemas: {
        Error: shapeOf({ success: false, error: { message: 'Instance not found' } }),
      },
    },
  };
}

/** `/api/message/text/:instance` belongs to `message`. */
export function moduleOf({ path }: Pick<Route, 'path'>): string {
  const [first = '', second = ''] = path.split('/').slice(1);
  if (first === 'api') return second;
  return first === 'admin' || first === 'ws' ? first : 'gateway';
}

function operation(route: Route): object {
  const { summary, access, body, bodyOptional, query, examples = [] } = route;
  return {
    tags: [moduleOf(route)],
    operationId: operationId(route),
    summary,
    security: securityOf(access),
    parameters: [
      ...pathParameters(route, examples[0]?.instance),
      ...queryParameters(query, examples[0]?.query),
    ],
    ...(body && {
      requestBody: {
        required: !bodyOptional,
        content: { 'application/json': { schema: inputSchema(body), ...shown(examples, 'body') } },
      },
    }),
    responses: responsesOf(route),
  };
}

/** `POST /api/message/text/:instance` → `postMessageText`; unique because method and path are. */
export function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path.split('/').filter((part) => part !== '' && part !== 'api' && part !== ':instance');
  const named = words.map((word) =>
    word.replace(/^:/, 'by-').replace(/[^a-zA-Z0-9]+(\w)/g, (_, c) => c.toUpperCase()),
  );
  return method.toLowerCase() + named.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf(access: Access): object[] {
  if (access.to === 'open') return [];
  const headers = [{ token: [] }, { bearer: [] }];
  return access.to === 'socket' ? [...headers, { query: [] }] : headers;
}

function pathParameters({ path }: Route, instance = 'sales'): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(name === 'instance' && { example: instance }),
  }));
}

function queryParameters(query: z.ZodType | undefined, example: Record<string, string> = {}): object[] {
  if (!query) return [];
  const { properties = {}, required = [] } = inputSchema(query) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
    ...(example[name] !== undefined && { example: example[name] }),
  }));
}

function shown(examples: NonNullable<Route['examples']>, side: 'body' | 'answer'): object {
  const named = examples.flatMap((example, i) =>
    example[side] === undefined ? [] : [[`example${i + 1}`, { value: example[side] }] as const],
  );
  return named.length === 0 ? {} : { examples: Object.fromEntries(named) };
}

const FAILED = {
  description: 'Refused or failed; the text says why',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function responsesOf({ examples = [], access }: Route): object {
  const byStatus = Object.groupBy(examples, ({ status = 200 }) => status);
  const answers = Object.entries(byStatus).map(([status, list = []]): [string, object] => {
    const schema = shapeOf(list[0]?.answer);
    const content = { 'application/json': { schema, ...shown(list, 'answer') } };
    return [status, { description: 'Done', content }];
  });
  const upgraded = access.to === 'socket' ? { 101: { description: 'The socket is open' } } : {};
  return { ...upgraded, ...Object.fromEntries(answers), default: FAILED };
}
