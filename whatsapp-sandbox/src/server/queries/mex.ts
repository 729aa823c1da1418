import { QueryIds } from 'baileys';
import { child, type Stanza, stanza, textOf } from '../../wire/stanza.ts';
import { acceptAbout } from '../accounts/profile.ts';
import type { ServerWith } from '../context.ts';
import { lockOf } from '../messages/new-chat-lock.ts';
import type { Device } from '../model/account.ts';
import { type MexOperation, type MexRequest, NEWSLETTER_OPERATIONS } from '../newsletters/operations.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'media' | 'newsletters' | 'seconds'>;

/** The about text as WhatsApp Web of 2026 sets it. */
const UPDATE_TEXT_STATUS = '9152604461510864';
/** The own user name; no account here has one. */
const GET_USERNAME = '25347099718279209';

const OPERATIONS = new Map<string, MexOperation<Needs>>(
  Object.entries({
    [QueryIds.REACHOUT_TIMELOCK]: ({ ctx, account }) => ({
      xwa2_fetch_account_reachout_timelock: lockOf(ctx, account),
    }),
    [QueryIds.MESSAGE_CAPPING_INFO]: () => ({
      xwa2_message_capping_info: { capping_status: 'NONE', total_quota: -1, used_quota: 0 },
    }),
    [UPDATE_TEXT_STATUS]: updateTextStatus,
    [GET_USERNAME]: () => ({ xwa2_username_get: { username_info: null } }),
    ...NEWSLETTER_OPERATIONS,
  } satisfies Record<string, MexOperation<Needs>>),
);

function updateTextStatus({ ctx, device, variables }: MexRequest<Needs>): object {
  const { input } = variables as { input?: { text?: unknown } };
  if (typeof input?.text !== 'string') throw new StanzaError(400, 'Bad Request');
  acceptAbout(ctx, device, stanza('iq', {}, [stanza('status', {}, Buffer.from(input.text))]));
  return { xwa2_update_text_status: { result: 'SUCCESS' } };
}

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
