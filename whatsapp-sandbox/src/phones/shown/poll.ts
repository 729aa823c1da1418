import type { proto } from 'baileys';
import type { Marks } from './marks.ts';

export interface ShownPoll {
  question: string;
  options: string[];
  /** How many options may be chosen; 0 = any number. */
  selectable: number;
}

const SECRET_BYTES = 32;
const MAX_OPTIONS = 12;

/** A poll that can be voted in; undefined when it cannot, and its question is all there is to see. */
export function readPoll(
  poll: proto.Message.IPollCreationMessage,
  secret: Uint8Array | null | undefined,
  { poll: type, plain, again }: Marks,
): ShownPoll | undefined {
  const options = (poll.options ?? []).map(({ optionName }) => optionName ?? '');
  const selectable = poll.selectableOptionsCount ?? 0;
  const announced = again || type === 'creation';
  const votable = plain || secret?.length === SECRET_BYTES;
  const sound =
    options.length >= 2 && options.length <= MAX_OPTIONS && new Set(options).size === options.length;
  if (!announced || !votable || !sound || selectable > options.length) return undefined;
  return { question: poll.name ?? '', options, selectable };
}
