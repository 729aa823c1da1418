import { DEFAULT_LABEL } from '../events/webhook-rules.ts';
import { type WebhookViewDeps, webhookBlock } from '../events/webhook-view.ts';
import { websocketView } from '../events/websocket-config.ts';
import type { Queries } from '../storage/database.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Supervisor } from './supervisor.ts';
import type { TokensInClear } from './tokens-in-clear.ts';
import { instanceView } from './view.ts';

export interface ListingDeps extends WebhookViewDeps {
  db: Queries;
  supervisor: Pick<Supervisor, 'live'>;
  tokens: TokensInClear;
}

export type InstanceObject = ReturnType<typeof instanceView>;

/** Above this many, the channels of the whole account are read instead of naming each instance. */
const NAMED_IDS = 100;

/** The account's instances, oldest first; only those with these names when some are given. */
export function instancesOf(db: Queries, accountId: string, names: string[]): Promise<InstanceRow[]> {
  const all = db.selectFrom('instances').selectAll().where('account_id', '=', accountId);
  const wanted = names.length === 0 ? all : all.where('name', 'in', names);
  return wanted.orderBy('created_at').orderBy('id').execute();
}

/** The instance objects of rows of one account, by a fixed number of queries. */
export async function instanceObjects(deps: ListingDeps, rows: InstanceRow[]): Promise<InstanceObject[]> {
  const [first] = rows;
  if (!first) return [];
  const { db, supervisor, tokens } = deps;
  const these =
    rows.length <= NAMED_IDS
      ? rows.map(({ id }) => id)
      : db.selectFrom('instances').select('id').where('account_id', '=', first.account_id);
  const [webhooks, websockets] = await Promise.all([
    db
      .selectFrom('webhooks')
      .selectAll()
      .where('label', '=', DEFAULT_LABEL)
      .where('instance_id', 'in', these)
      .execute(),
    db.selectFrom('websockets').selectAll().where('instance_id', 'in', these).execute(),
  ]);
  const webhookOf = new Map(webhooks.map((row) => [row.instance_id, row]));
  const websocketOf = new Map(websockets.map((row) => [row.instance_id, row]));
  return rows.map((row) =>
    instanceView(row, {
      token: tokens.of(row),
      live: supervisor.live(row),
      webhook: webhookBlock(deps, webhookOf.get(row.id)),
      websocket: websocketView(websocketOf.get(row.id)),
      chatwoot: { enabled: false },
    }),
  );
}
