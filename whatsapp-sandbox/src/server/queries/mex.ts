import { QueryIds } from 'baileys';
import { child, type Stanza, stanza, textOf } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { lockOf } from '../messages/new-chat-lock.ts';
import type { Device } from '../model/account.ts';
import { type MexOperation, NEWSLETTER_OPERATIONS } from '../newsletters/operations.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'newsletters' | 'seconds'>;

const OPERATIONS = new Map<string, MexOperation<Needs>>(
  Object.entries({
    [QueryIds.REACHOUT_TIMELOCK]: ({ ctx, account }) => ({
      xwa2_fetch_account_reachout_timelock: lockOf(ctx, account),
    }),
    [QueryIds.MESSAGE_CAPPING_INFO]: () => ({
      xwa2_message_capping_info: { capping_status: 'NONE', total_quota: -1, used_quota: 0 },
    }),
    ...NEWSLETTER_OPERATIONS,
  } satisfies Record<string, MexOperation<Needs>>),
);

/** `xmlns="w:mex"`: GraphQL under an id that stands for a stored query. What it refuses is an answer, too. */
export function answerMex(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const query = child(iq, 'query');
  const operation = OPERATIONS.get(query?.attrs.query_id ?? '');
  if (!operation) throw new StanzaError(501, 'feature-not-implemented');
  return [stanza('result', {}, Buffer.from(JSON.stringify(answer(operation, ctx, device, query))))];
}

function answer(
  operation: MexOperation<Needs>,
  ctx: Needs,
  device: Device,
  query: Stanza | undefined,
): object {
  try {
    return { data: operation({ ctx, device, account: device.account, variables: variablesIn(query) }) };
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const extensions = { error_code: error.code, is_retryable: false, severity: 'CRITICAL' };
    return { data: null, errors: [{ message: error.message, extensions }] };
  }
}

function variablesIn(query: Stanza | undefined): Record<string, unknown> {
  try {
    const { variables } = JSON.parse(textOf(query) ?? '') as { variables?: unknown };
    if (typeof variables === 'object' && variables !== null) return variables as Record<string, unknown>;
  } catch {
    // Not JSON: refused like JSON without variables.
  }
  throw new StanzaError(400, 'Bad Request');
}
