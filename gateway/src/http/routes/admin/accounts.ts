import { z } from 'zod';
import type { Accounts } from '../../../tenancy/accounts.ts';
import { type Route, route } from '../../route.ts';
import {
  accountCreated,
  accountDeleted,
  accountRead,
  accountsListed,
  accountTokenRotated,
  accountUpdated,
} from './examples.ts';
import { accountPatch, newAccount, rotation } from './fields.ts';

interface Deps {
  accounts: Accounts;
}

const ALL = '/admin/accounts';
const ONE = '/admin/accounts/:account';
const access = { to: 'admin' } as const;
const idOf = (params: Record<string, string>) => params.account ?? '';

export function createAccount({ accounts }: Deps): Route {
  return route({
    method: 'POST',
    path: ALL,
    summary: 'Create an account',
    examples: accountCreated,
    access,
    body: newAccount,
    async handle({ body }) {
      const { account, token } = await accounts.create(body);
      return { body: { success: true, message: 'Account created', account: { ...account, token } } };
    },
  });
}

export function listAccounts({ accounts }: Deps): Route {
  return route({
    method: 'GET',
    path: ALL,
    summary: 'List the accounts',
    examples: accountsListed,
    access,
    async handle() {
      const list = await accounts.list();
      const meta = { total: list.length };
      return { body: { success: true, message: 'Accounts retrieved', accounts: list, meta } };
    },
  });
}

export function showAccount({ accounts }: Deps): Route {
  return route({
    method: 'GET',
    path: ONE,
    summary: 'Read an account',
    examples: accountRead,
    access,
    async handle({ params }) {
      const account = await accounts.show(idOf(params));
      return { body: { success: true, message: 'Account retrieved', account } };
    },
  });
}

export function updateAccount({ accounts }: Deps): Route {
  return route({
    method: 'PATCH',
    path: ONE,
    summary: 'Change, suspend or resume an account',
    examples: accountUpdated,
    access,
    body: accountPatch,
    async handle({ params, body }) {
      const account = await accounts.update(idOf(params), body);
      return { body: { success: true, message: 'Account updated', account } };
    },
  });
}

export function rotateAccountToken({ accounts }: Deps): Route {
  return route({
    method: 'POST',
    path: `${ONE}/token`,
    summary: 'Replace the token of an account',
    examples: accountTokenRotated,
    access,
    body: rotation,
    bodyOptional: true,
    async handle({ params, body }) {
      const rotated = await accounts.rotateToken(idOf(params), body.graceSeconds);
      const { token, previousTokenExpiresAt } = rotated;
      const account = { ...rotated.account, token, previousTokenExpiresAt };
      return { body: { success: true, message: 'Account token rotated', account } };
    },
  });
}

export function deleteAccount({ accounts }: Deps): Route {
  return route({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete an account',
    examples: accountDeleted,
    access,
    query: z.object({ force: z.string().optional() }),
    async handle({ params, query }) {
      await accounts.delete(idOf(params), { force: query.force === 'true' });
      return { body: { success: true, message: 'Account deleted', account: { status: 'deleted' } } };
    },
  });
}
