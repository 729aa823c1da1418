import { DEFAULT_LABEL } from '../events/webhook-rules.ts';
import { type WebhookViewDeps, webhookBlock } from '../events/webhook-view.ts';
import { websocketView } from '../events/websocket-config.ts';
import type { Queries } from '../storage/database.ts';
import { prepared } from '../storage/prepared.ts';
import type { InstanceRow, WebhookRow, WebsocketRow } from '../storage/schema.ts';
import type { Supervisor } from './supervisor.ts';
import type { TokensInClear } from './tokens-in-clear.ts';
import { instanceView } from './view.ts';

export interface ListingDeps extends WebhookViewDeps {
  db: Queries;
  supervisor: Pick<Supervisor, 'live'>;
  tokens: TokensInClear;
}

export type InstanceObject = ReturnType<typeof instanceView>;

/** Reads instances of one account as the contract shows them, by a fixed number of queries. */
export class Listing {
  readonly #deps: ListingDeps;
  readonly #all: (accountId: string) => Promise<InstanceRow[]>;
  readonly #webhooks: (accountId: string) => Promise<WebhookRow[]>;
  readonly #websockets: (accountId: string) => Promise<WebsocketRow[]>;
  readonly #webhook: (instanceId: string) => Promise<WebhookRow[]>;
  readonly #websocket: (instanceId: string) => Promise<WebsocketRow[]>;

  constructor(deps: ListingDeps) {
    const { db } = deps;
    const webhooks = db.selectFrom('webhooks').selectAll().where('label', '=', DEFAULT_LABEL);
    const websockets = db.selectFrom('websockets').selectAll();
    const idsOf = (accountId: string) =>
      db.selectFrom('instances').select('id').where('account_id', '=', accountId);
    this.#deps = deps;
    this.#all = prepared(db, (accountId) => oldestFirst(db, accountId));
    this.#webhooks = prepared(db, (accountId) => webhooks.where('instance_id', 'in', idsOf(accountId)));
    this.#websockets = prepared(db, (accountId) => websockets.where('instance_id', 'in', idsOf(accountId)));
    this.#webhook = prepared(db, (id) => webhooks.where('instance_id', '=', id));
    this.#websocket = prepared(db, (id) => websockets.where('instance_id', '=', id));
  }

  /** The account's instances, oldest first; only those with these names when some are given. */
  rows(accountId: string, names: string[]): Promise<InstanceRow[]> {
    if (names.length === 0) return this.#all(accountId);
    return oldestFirst(this.#deps.db, accountId).where('name', 'in', names).execute();
  }

  /** The instance objects of these rows, which belong to one account. */
  async objects(rows: InstanceRow[]): Promise<InstanceObject[]> {
    const [first, ...others] = rows;
    if (!first) return [];
    // One instance, the usual case of clients that poll a state, does not pay for the whole account.
    const [webhooks, websockets] = await Promise.all(
      others.length === 0
        ? [this.#webhook(first.id), this.#websocket(first.id)]
        : [this.#webhooks(first.account_id), this.#websockets(first.account_id)],
    );
    const webhookOf = new Map(webhooks.map((row) => [row.instance_id, row]));
    const websocketOf = new Map(websockets.map((row) => [row.instance_id, row]));
    return rows.map((row) => this.#object(row, webhookOf.get(row.id), websocketOf.get(row.id)));
  }

  #object(row: InstanceRow, webhook: WebhookRow | undefined, websocket: WebsocketRow | undefined) {
    const { supervisor, tokens } = this.#deps;
    return instanceView(row, {
      token: tokens.of(row),
      live: supervisor.live(row),
      webhook: webhookBlock(this.#deps, webhook),
      websocket: websocketView(websocket),
      chatwoot: { enabled: false },
    });
  }
}

function oldestFirst(db: Queries, accountId: string) {
  return db
    .selectFrom('instances')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id');
}
