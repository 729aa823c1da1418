import { type Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Principal } from '../../tenancy/principal.ts';
import type { Access } from '../route.ts';

export type { Access } from '../route.ts';

const MOST_NAMES = 100;

/** The instance names that a path asks for, in their order. Throws when there is none where one is needed. */
export function askedNames(access: Access, params: unknown): string[] {
  const segment = (params as { instance?: string }).instance ?? '';
  switch (access.to) {
    case 'instance':
    case 'socket':
      if (segment.trim() === '') throw failure('instance_name_missing');
      return [segment];
    case 'instances': {
      const names = listedNames(segment);
      if (names.length === 0) throw failure('instance_name_missing');
      if (names.length > MOST_NAMES) {
        throw failure('field_invalid', { text: `At most ${MOST_NAMES} instances can be requested` });
      }
      return names;
    }
    default:
      return [];
  }
}

/** The one instance that the path names, which decides between the accounts that hold the same token. */
export function onlyName(access: Access, params: unknown): string | null {
  const segment = (params as { instance?: string }).instance ?? '';
  if (access.to === 'instance' || access.to === 'socket') return segment;
  const [name, ...others] = access.to === 'instances' ? listedNames(segment) : [];
  return name !== undefined && others.length === 0 ? name : null;
}

/** A comma list without blanks, empty entries and repetitions. */
export function listedNames(list: string): string[] {
  if (list === '') return [];
  const names = list.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

type InstancePrincipal = Extract<Principal, { kind: 'instance' }>;

/**
 * What a TokenInstance may reach. The answer never depends on whether another instance exists: no query is made, so
 * nothing can leak.
 */
export function checkInstanceToken(access: Access, principal: InstancePrincipal, names: string[]): void {
  if (access.to === 'account') throw failure('token_not_account');
  if (access.to === 'instance' && access.accountOnly) throw failure('token_invalid');
  if (names.some((name) => name !== principal.instance.name)) {
    throw access.to === 'socket' ? failure('token_not_this_instance') : failure('instance_mismatch');
  }
  if (access.to === 'instance' && access.currentTokenOnly && principal.viaPreviousToken) {
    throw failure('token_invalid');
  }
}

/** The rows of an account's own instances; the first name that it does not own decides the refusal. */
export function checkOwned(
  access: Access,
  names: string[],
  own: ReadonlyMap<string, InstanceRow>,
  elsewhere: ReadonlySet<string>,
): InstanceRow[] {
  return names.map((name) => {
    const instance = own.get(name);
    if (instance) return instance;
    throw elsewhere.has(name) ? failure('instance_foreign') : unknownInstance(access);
  });
}

function unknownInstance(access: Access): Failure {
  const lowerCase = access.to === 'instance' && access.unknown === 'lower case';
  return failure(lowerCase ? 'instance_unknown_lower_case' : 'instance_unknown');
}
