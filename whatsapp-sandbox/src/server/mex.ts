import { QueryIds } from 'baileys';
import { child, type Stanza, stanza } from '../wire/stanza.ts';
import { StanzaError } from './stanza-error.ts';

/** Answers of GraphQL queries by their id: what stands under `data`. */
const ANSWERS = new Map<string, unknown>(
  Object.entries({
    [QueryIds.REACHOUT_TIMELOCK]: {
      xwa2_fetch_account_reachout_timelock: {
        is_active: false,
        time_enforcement_ends: null,
        enforcement_type: 'DEFAULT',
      },
    },
    [QueryIds.MESSAGE_CAPPING_INFO]: {
      xwa2_message_capping_info: { capping_status: 'NONE', total_quota: -1, used_quota: 0 },
    },
  }),
);

/** `xmlns="w:mex"`: GraphQL under an id that stands for a stored query. */
export function answerMex(iq: Stanza): Stanza[] {
  const data = ANSWERS.get(child(iq, 'query')?.attrs.query_id ?? '');
  if (data === undefined) throw new StanzaError(501, 'feature-not-implemented');
  return [stanza('result', {}, Buffer.from(JSON.stringify({ data })))];
}
