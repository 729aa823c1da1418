import type { Route } from './route.ts';

/** Paths outside of rate limit and CORS. */
export function isExempt(path: string): boolean {
  return /^\/(health|live|ready|metrics|admin(\/.*)?)$/.test(path);
}

/** Asked by what keeps the process running, from its own network. */
export function isProbe(path: string): boolean {
  return /^\/(health|live|ready)$/.test(path);
}

/** Answers that hold secrets or states of the moment: no cache on the way may keep them. */
export function isPrivate(path: string): boolean {
  return /^\/(api|mcp|admin|passkey)(\/|$)/.test(path);
}

export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The helper page of a passkey ceremony, and what belongs to it. */
export function isPasskeyPage(path: string): boolean {
  return path.startsWith('/passkey/');
}

/** A path as it may be logged: a query may hold a token or a phone number, and this page's path is a secret. */
export function loggedPath(url: string): string {
  return pathOf(url).replace(/^(\/passkey\/)[^/]+/, '$1:token');
}

const INSTANCE = '/:instance';

/**
 * The paths under which a route is registered. Where the name is the last segment, its absence is answered by that
 * route (`Instance name is required`) rather than by 404.
 */
export function registeredPaths(path: string): string[] {
  if (!path.endsWith(INSTANCE)) return [path];
  const bare = path.slice(0, -INSTANCE.length);
  return [path, bare, `${bare}/`];
}

/** The methods that some route offers under this path. */
export function allowedMethods(routes: Pick<Route, 'method' | 'path'>[], path: string): string[] {
  const methods = routes
    .filter((route) => registeredPaths(route.path).some((pattern) => matches(pattern, path)))
    .map((route) => route.method);
  return [...new Set(methods)];
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => segment === given[i] || (segment.startsWith(':') && given[i] !== ''))
  );
}
