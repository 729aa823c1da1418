import type { Person } from './jid.ts';

/** `type` of `call.update`. */
export type CallChange = 'offer' | 'accepted' | 'rejected' | 'terminated' | 'notification' | 'latency';

/** One thing that happened to a call, as WhatsApp notifies it. */
export interface CallNotice {
  callId: string;
  change: CallChange;
  /** The stanza's own id: two notices with the same one are the same. */
  stanzaId: string;
  caller: Person;
  /** The device that made the call, as the stanza names it. Every stanza about the call repeats it. */
  creator: string;
  /** The sender of the notice, as the stanza names it: answers go there. */
  from: string;
  /** The account itself made the call. */
  outgoing: boolean;
  groupJid: string | null;
  /** null where the notice does not say; only an offer does. */
  isVideo: boolean | null;
  /** Unix milliseconds. */
  at: number;
  reason: string | null;
  latencyMs: number | null;
  /** It waited on the server while we were away. */
  offline: boolean;
}
