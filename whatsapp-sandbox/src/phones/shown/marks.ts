import { child, children, type Stanza } from '../../wire/stanza.ts';

/** What the stanza of a message says about how it is to be drawn. */
export interface Marks {
  /** The flow that `<biz>` announces: `mixed` stands for ordinary buttons. Undefined when it announces none. */
  flow: string | undefined;
  poll: string | undefined;
  event: string | undefined;
  /** Nothing is encrypted in a channel, so there is no secret to vote with. */
  plain: boolean;
  /** A copy that was asked for again: what it is was said the first time. */
  again: boolean;
}

export const UNANNOUNCED: Marks = {
  flow: undefined,
  poll: undefined,
  event: undefined,
  plain: false,
  again: false,
};

export function marksOf(node: Stanza): Marks {
  const meta = child(node, 'meta')?.attrs ?? {};
  return {
    flow: flowOf(child(node, 'biz')),
    poll: meta.polltype,
    event: meta.event_type,
    plain: child(node, 'plaintext') !== undefined,
    again: children(node, 'enc').some((enc) => enc.attrs.count !== undefined),
  };
}

function flowOf(biz: Stanza | undefined): string | undefined {
  if (biz?.attrs.native_flow_name) return biz.attrs.native_flow_name;
  const interactive = child(biz, 'interactive');
  if (interactive?.attrs.type !== 'native_flow' || interactive.attrs.v !== '1') return undefined;
  const flow = child(interactive, 'native_flow')?.attrs;
  return flow?.v === undefined ? undefined : flow.name;
}
