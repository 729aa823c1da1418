import type { SendDeps } from '../sending/deps.ts';

/** What every operation on chats works with. */
export type ChatDeps = Omit<SendDeps, 'log' | 'random'>;
