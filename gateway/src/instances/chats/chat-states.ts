import type { Clock } from '../../clock.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Session } from '../../whatsapp/session.ts';

/** WhatsApp takes an indicator away after about ten seconds. */
const REFRESH_SECONDS = 8;
const EXPIRY_SECONDS = 10;

type ChatState = Parameters<Session['sendChatState']>[1];

export interface ChatStatesOptions {
  clock: Clock;
  log: Logger;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): ChatSession };
  /** Whether an instance is always shown online. */
  staysOnline(instance: InstanceRow): boolean;
}

type ChatSession = Pick<Session, 'sendChatState' | 'setPresence'>;

/** One state that is shown in one chat. */
interface Shown {
  instanceId: string;
  /** The instance is online only because of this. */
  raised: boolean;
  over: boolean;
  cancelTimer(): void;
}

/** "typing…" and "recording…" for as long as a client wants, without a call that waits for the end. */
export class ChatStates {
  readonly #options: ChatStatesOptions;
  /** By instance and chat: what is shown there now. */
  readonly #shown = new Map<string, Shown>();
  /** By instance: how many of its chats keep it online. */
  readonly #raised = new Map<string, number>();

  constructor(options: ChatStatesOptions) {
    this.#options = options;
  }

  /**
   * Shows a state in a chat; resolves when it was sent. With `seconds` it is kept up for that long and then taken back;
   * a newer call for the same chat takes the place of this one. Throws `SendFailed`; then nothing is shown any more.
   */
  async show(instance: InstanceRow, chat: string, state: ChatState, seconds: number): Promise<void> {
    const { sessions, staysOnline } = this.#options;
    const session = sessions.session(instance.id);
    const key = `${instance.id}/${chat}`;
    if (state === 'paused') {
      this.#end(key, this.#shown.get(key));
      return session.sendChatState(chat, state);
    }
    const shown = this.#begin(key, instance.id, !staysOnline(instance));
    try {
      // What an instance that is offline writes is not shown to the chat.
      if (shown.raised) await session.setPresence('available');
      await session.sendChatState(chat, state);
    } catch (error) {
      this.#end(key, shown);
      throw error;
    }
    this.#keepUp(key, shown, { chat, state, seconds });
  }

  /** Takes the place of what was shown in the chat, before anything is sent: a second call must find it here. */
  #begin(key: string, instanceId: string, raised: boolean): Shown {
    const before = this.#shown.get(key);
    const shown = { instanceId, raised, over: false, cancelTimer: () => {} };
    this.#shown.set(key, shown);
    if (raised) this.#raised.set(instanceId, (this.#raised.get(instanceId) ?? 0) + 1);
    this.#end(key, before);
    return shown;
  }

  #end(key: string, shown: Shown | undefined): void {
    if (!shown || shown.over) return;
    shown.over = true;
    shown.cancelTimer();
    if (this.#shown.get(key) === shown) this.#shown.delete(key);
    if (shown.raised && this.#lower(shown.instanceId)) {
      this.#send(shown.instanceId, (session) => session.setPresence('unavailable'));
    }
  }

  #keepUp(
    key: string,
    shown: Shown,
    { chat, state, seconds }: { chat: string; state: ChatState; seconds: number },
  ): void {
    if (shown.over) return;
    const { clock } = this.#options;
    const { instanceId } = shown;
    const next = (left: number) => {
      const step = Math.min(left, REFRESH_SECONDS);
      shown.cancelTimer = clock.after(step * 1000, () => {
        if (left > step) {
          this.#send(instanceId, (session) => session.sendChatState(chat, state));
          return next(left - step);
        }
        this.#send(instanceId, (session) => session.sendChatState(chat, 'paused'));
        this.#end(key, shown);
      });
    };
    if (seconds > 0) next(seconds);
    else shown.cancelTimer = clock.after(EXPIRY_SECONDS * 1000, () => this.#end(key, shown));
  }

  /** True when no chat keeps the instance online any more. */
  #lower(instanceId: string): boolean {
    const left = (this.#raised.get(instanceId) ?? 1) - 1;
    if (left > 0) this.#raised.set(instanceId, left);
    else this.#raised.delete(instanceId);
    return left <= 0;
  }

  /** No call waits for these; a connection that has gone takes the indicator with it. */
  #send(instanceId: string, what: (session: ChatSession) => Promise<void>): void {
    const { sessions, log } = this.#options;
    const sent = async () => what(sessions.session(instanceId));
    sent().catch((error) =>
      log.debug({ err: error, instance: instanceId }, 'a chat state could not be shown'),
    );
  }
}
