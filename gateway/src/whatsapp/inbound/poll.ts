import type { proto } from '../proto.ts';
import type { Poll } from './blocks.ts';
import type { Kind } from './content.ts';
import { countOf } from './values.ts';

export function poll(message: proto.Message.IPollCreationMessage): Kind {
  const read = pollOf(message);
  const options = read.options.map(({ name }) => name);
  return { type: 'poll', content: pollText(read.title, options), poll: read };
}

/** The question and its numbered options, each on its line: the `content` of a poll. */
export function pollText(question: string, options: string[]): string {
  return [question, ...options.map((option, i) => `${i + 1}. ${option}`)].join('\n');
}

/** Many more than WhatsApp's twelve. */
const MAX_OPTIONS = 100;

export function pollOf({ name, options, selectableOptionsCount }: proto.Message.IPollCreationMessage): Poll {
  return {
    title: name ?? '',
    options: (options ?? []).slice(0, MAX_OPTIONS).map(({ optionName }) => ({ name: optionName ?? '' })),
    maxAnswer: countOf(selectableOptionsCount) ?? 0,
  };
}

/** A vote, still closed: only who knows the poll's secret can read it. */
export function pollUpdate(message: proto.Message.IPollUpdateMessage): Kind {
  const target = message.pollCreationMessageKey?.id ?? '';
  return {
    type: 'poll_vote',
    content: '',
    poll_vote: { poll_message_id: target, poll_title: null, options: [], decrypted: false },
    sealed: { use: 'Poll Vote', target, payload: message.vote?.encPayload, iv: message.vote?.encIv },
  };
}
