import { websocketView } from '../events/sockets/websocket-config.ts';
import { DEFAULT_LABEL } from '../events/webhooks/webhook-rules.ts';
import { type WebhookViewDeps, webhookBlock } from '../events/webhooks/webhook-view.ts';
import { cachedQuery } from '../storage/cached-query.ts';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow, WebhookRow, WebsocketRow } from '../storage/schema.ts';
import type { LiveState, Supervisor } from './supervisor.ts';
import type { TokensInClear } from './tokens-in-clear.ts';
import { instanceView } from './view.ts';

export interface ListingDeps extends WebhookViewDeps {
  db: Queries;
  supervisor: Pick<Supervisor, 'live'>;
  tokens: TokensInClear;
}

export type InstanceObject = ReturnType<typeof instanceView>;

/** An instance as it is shown, also as JSON. */
export interface Listed {
  object: InstanceObject;
  text: string;
}

/** What was shown of a row, and what it was made from. */
interface Shown extends Listed {
  live: LiveState;
  webhook: WebhookRow | undefined;
  websocket: WebsocketRow | undefined;
}

/** The instances of a larger account are read anew each time: their rows are too many to keep in memory. */
const FEW = 20;

const rowsOfAccount = query((db, { accountId }: { accountId: string }) => oldestFirst(db, accountId));

const webhooksOfAccount = query((db, { accountId }: { accountId: string }) =>
  defaultWebhooks(db).where('instance_id', 'in', idsOf(db, accountId)),
);

const websocketsOfAccount = query((db, { accountId }: { accountId: string }) =>
  db.selectFrom('websockets').selectAll().where('instance_id', 'in', idsOf(db, accountId)),
);

const webhookOfInstance = query((db, { id }: { id: string }) =>
  defaultWebhooks(db).where('instance_id', '=', id),
);

const websocketOfInstance = query((db, { id }: { id: string }) =>
  db.selectFrom('websockets').selectAll().where('instance_id', '=', id),
);

type Channels = [WebhookRow[], WebsocketRow[]];

/** Reads instances of one account as the API shows them, by a fixed number of queries. */
export class Listing {
  readonly #deps: ListingDeps;
  readonly #account: (accountId: string) => Promise<{ rows: InstanceRow[]; channels: Channels }>;
  readonly #channelsOfAccount: (accountId: string) => Promise<Channels>;
  readonly #channelsOf: (instanceId: string) => Promise<Channels>;
  /** A cached row is the same object again, so its view can be cached under it. */
  readonly #shown = new WeakMap<InstanceRow, Shown>();

  constructor(deps: ListingDeps) {
    const { db } = deps;
    this.#deps = deps;
    this.#channelsOfAccount = (accountId) =>
      channels(webhooksOfAccount(db, { accountId }), websocketsOfAccount(db, { accountId }));
    this.#channelsOf = cachedQuery(db, (id) =>
      channels(webhookOfInstance(db, { id }), websocketOfInstance(db, { id })),
    );
    this.#account = cachedQuery(
      db,
      async (accountId) => ({
        rows: (await rowsOfAccount(db, { accountId })).rows,
        channels: await this.#channelsOfAccount(accountId),
      }),
      ({ rows }) => rows.length <= FEW,
    );
  }

  /** The account's instances, oldest first; only those with these names when some are given. */
  async ofAccount(accountId: string, names: string[]): Promise<Listed[]> {
    if (names.length === 0) {
      const { rows, channels } = await this.#account(accountId);
      return this.#objects(rows, channels);
    }
    const rows = await oldestFirst(this.#deps.db, accountId).where('name', 'in', names).execute();
    const [first, ...others] = rows;
    if (!first) return [];
    // Clients that poll a state ask for one instance: that reads the channels of one instance only.
    if (others.length === 0) return [await this.ofInstance(first)];
    return this.#objects(rows, await this.#channelsOfAccount(accountId));
  }

  async ofInstance(row: InstanceRow): Promise<Listed> {
    const [[webhook], [websocket]] = await this.#channelsOf(row.id);
    return this.#object(row, webhook, websocket);
  }

  #objects(rows: InstanceRow[], [webhooks, websockets]: Channels): Listed[] {
    const webhookOf = new Map(webhooks.map((row) => [row.instance_id, row]));
    const websocketOf = new Map(websockets.map((row) => [row.instance_id, row]));
    return rows.map((row) => this.#object(row, webhookOf.get(row.id), websocketOf.get(row.id)));
  }

  #object(row: InstanceRow, webhook: WebhookRow | undefined, websocket: WebsocketRow | undefined): Listed {
    const { supervisor, tokens } = this.#deps;
    const live = supervisor.live(row);
    const before = this.#shown.get(row);
    if (before && before.webhook === webhook && before.websocket === websocket && same(before.live, live)) {
      return before;
    }
    const object = instanceView(row, {
      token: tokens.of(row),
      live,
      webhook: webhookBlock(this.#deps, webhook),
      websocket: websocketView(websocket),
      chatwoot: { enabled: false },
    });
    const shown = { object, text: JSON.stringify(object), live, webhook, websocket };
    this.#shown.set(row, shown);
    return shown;
  }
}

function same(a: LiveState, b: LiveState): boolean {
  return a.state === b.state && a.display === b.display && a.presence === b.presence;
}

async function channels(
  webhooks: Promise<{ rows: WebhookRow[] }>,
  websockets: Promise<{ rows: WebsocketRow[] }>,
): Promise<Channels> {
  const [{ rows: webhookRows }, { rows: websocketRows }] = await Promise.all([webhooks, websockets]);
  return [webhookRows, websocketRows];
}

function defaultWebhooks(db: Queries) {
  return db.selectFrom('webhooks').selectAll().where('label', '=', DEFAULT_LABEL);
}

function idsOf(db: Queries, accountId: string) {
  return db.selectFrom('instances').select('id').where('account_id', '=', accountId);
}

function oldestFirst(db: Queries, accountId: string) {
  return db
    .selectFrom('instances')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id');
}
