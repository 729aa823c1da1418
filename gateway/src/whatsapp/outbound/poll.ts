import { pollText } from '../inbound/poll.ts';
import type { BinaryNode } from '../proto.ts';
import { wireMessage, wireNode } from '../wire.ts';
import { beside, inContext, type OutgoingKind } from './kind.ts';

export interface OutgoingPoll {
  question: string;
  options: string[];
  /** How many options may be chosen; at least 1. */
  maxAnswer: number;
}

/** Without it clients show a poll as text, without a way to vote. */
const META: BinaryNode = { tag: 'meta', attrs: { polltype: 'creation' } };

/** A poll. Votes are encrypted with the message's secret. */
export function pollKind({ question, options, maxAnswer }: OutgoingPoll): OutgoingKind {
  return {
    type: 'poll',
    content: pollText(question, options),
    build(building) {
      const poll = {
        name: question,
        options: options.map((optionName) => ({ optionName })),
        selectableOptionsCount: maxAnswer,
        ...inContext(building),
      };
      // WhatsApp keeps single choice in a field of its own.
      const content = maxAnswer === 1 ? { pollCreationMessageV3: poll } : { pollCreationMessage: poll };
      return { message: wireMessage({ ...content, ...beside(building) }), nodes: [wireNode(META)] };
    },
  };
}
