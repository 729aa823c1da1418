import { Command } from 'commander';
import { Failure } from '../failure.ts';
import { validate } from '../http/body/validation.ts';
import { errorAnswer } from '../http/errors.ts';
import { accountPatch, newAccount, rotation } from '../http/routes/admin/fields.ts';
import type { AccountView } from '../tenancy/account-rows.ts';
import type { Accounts } from '../tenancy/accounts.ts';

/** What the subcommands work with; `close` ends it. */
export interface AccountServices {
  accounts: Accounts;
  close(): Promise<void>;
}

/** Where the subcommands write. */
export interface Terminal {
  print(line: string): void;
  /** Reports a failure; the process then ends with a status other than 0. */
  fail(line: string): void;
}

interface Options {
  json?: true;
  name?: string;
  maxInstances?: string;
  rateLimit?: string;
  origin?: string[];
  grace?: string;
  force?: true;
}

const collect = (value: string, before: string[] = []) => [...before, value];

/**
 * `account …`: the accounts of an installation, without the admin token. It works on the database that a running
 * gateway uses; what it changes holds from the gateway's next request on.
 */
export function accountCommand(open: () => Promise<AccountServices>, terminal: Terminal): Command {
  const account = new Command('account').description('create and manage the accounts of this installation');
  const subcommand = (
    signature: string,
    summary: string,
    work: (accounts: Accounts, options: Options, id: string) => Promise<void>,
  ) =>
    account
      .command(signature)
      .description(summary)
      .option('--json', 'print one line of JSON')
      .action(async (...received: unknown[]) => {
        const command = received.at(-1) as Command;
        const [id = ''] = command.args;
        await run(open, terminal, (accounts) => work(accounts, command.opts<Options>(), id));
      });
  const withSettings = (command: Command) =>
    command
      .option('--max-instances <number>', 'most instances, or "unlimited"')
      .option('--rate-limit <number>', 'requests a minute of each token')
      .option('--origin <origin>', 'browser origin that may call the gateway; repeatable', collect);

  withSettings(
    subcommand('create', 'create an account and print its token, once', async (accounts, options) => {
      const { account, token } = await accounts.create(validate(newAccount, settings(options), 'detailed'));
      const { id, name, maxInstances } = account;
      if (options.json) terminal.print(JSON.stringify({ id, name, token, maxInstances }));
      else terminal.print(`${lines(account)}\ntoken          ${token}   (shown only now)`);
    }).requiredOption('--name <name>', 'name of the account'),
  );
  subcommand('list', 'list the accounts, oldest first', async (accounts, { json }) => {
    const list = await accounts.list();
    terminal.print(json ? JSON.stringify(list) : list.map(row).join('\n') || 'no accounts');
  });
  subcommand('show <id>', 'show one account', async (accounts, options, id) => {
    show(terminal, options, await accounts.show(id));
  });
  withSettings(
    subcommand('update <id>', 'change an account', async (accounts, options, id) => {
      show(
        terminal,
        options,
        await accounts.update(id, validate(accountPatch, settings(options), 'detailed')),
      );
    }).option('--name <name>', 'new name'),
  );
  subcommand(
    'rotate-token <id>',
    'replace the token and print the new one, once',
    async (accounts, options, id) => {
      const grace = options.grace === undefined ? undefined : number(options.grace);
      const { graceSeconds } = validate(rotation, { graceSeconds: grace }, 'detailed');
      const { account, token, previousTokenExpiresAt } = await accounts.rotateToken(id, graceSeconds);
      if (options.json) terminal.print(JSON.stringify({ ...account, token, previousTokenExpiresAt }));
      else terminal.print(`token          ${token}   (shown only now)`);
    },
  )
    .alias('rotate')
    .option('--grace <seconds>', 'how long the replaced token stays valid');
  subcommand(
    'suspend <id>',
    'refuse the tokens of an account and close its connections',
    async (accounts, options, id) => {
      show(terminal, options, await accounts.update(id, { suspended: true }));
    },
  );
  subcommand('resume <id>', 'undo a suspension', async (accounts, options, id) => {
    show(terminal, options, await accounts.update(id, { suspended: false }));
  });
  subcommand('delete <id>', 'delete an account', async (accounts, options, id) => {
    await accounts.delete(id, { force: options.force === true });
    terminal.print(options.json ? JSON.stringify({ status: 'deleted' }) : 'deleted');
  }).option('--force', 'delete its instances too');
  return account;
}

async function run(
  open: () => Promise<AccountServices>,
  terminal: Terminal,
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  const services = await open();
  try {
    await work(services.accounts);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.fail(errorAnswer(error).body.error.message);
  } finally {
    await services.close();
  }
}

/** The options as the body of the admin routes, whose rules and texts they share. */
function settings({ name, maxInstances, rateLimit, origin }: Options): object {
  return {
    name,
    maxInstances: maxInstances === 'unlimited' ? null : maxInstances && number(maxInstances),
    rateLimitPerMinute: rateLimit && number(rateLimit),
    allowedOrigins: origin,
  };
}

/** What is no number stays a text, so that the schema names the option. */
function number(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function show(terminal: Terminal, { json }: Options, account: AccountView): void {
  terminal.print(json ? JSON.stringify(account) : lines(account));
}

function lines(account: AccountView): string {
  return [
    `id             ${account.id}`,
    `name           ${account.name}`,
    `instances      ${account.instanceCount} of ${account.maxInstances ?? 'unlimited'}`,
    `rate limit     ${account.rateLimitPerMinute} a minute`,
    `origins        ${account.allowedOrigins.join(', ') || 'those of the installation'}`,
    `state          ${account.suspended ? 'suspended' : 'active'}`,
    `created        ${account.createdAt}`,
  ].join('\n');
}

function row(account: AccountView): string {
  const state = account.suspended ? 'suspended' : 'active';
  return `${account.id}  ${state.padEnd(9)}  ${account.instanceCount}/${account.maxInstances ?? '∞'}  ${account.name}`;
}
