import type { Accounts } from '../../../tenancy/accounts.ts';
import type { Route } from '../../route.ts';
import {
  createAccount,
  deleteAccount,
  listAccounts,
  rotateAccountToken,
  showAccount,
  updateAccount,
} from './accounts.ts';

/** `/admin/*`; the server leaves them out when the installation has no admin token. */
export function adminRoutes(deps: { accounts: Accounts }): Route[] {
  return [
    createAccount(deps),
    listAccounts(deps),
    showAccount(deps),
    updateAccount(deps),
    rotateAccountToken(deps),
    deleteAccount(deps),
  ];
}
