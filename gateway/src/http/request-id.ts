import { randomUUID } from 'node:crypto';

const GIVEN = /^[A-Za-z0-9_.-]{1,64}$/;

/** The client's own id when it is one that is safe in a log and a header, else a new one. */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && GIVEN.test(given) ? given : randomUUID();
}
