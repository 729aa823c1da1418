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
  sessions: { session(instanceId: string): Pick<Session, 'sendChatState' | 'setPresence'> };
  /** Whether an instance is always shown online. */
  staysOnline(instance: InstanceRow): boolean;
}

/** "typing…" and "recording…" for as long as a client wants, without anybody waiting for the end. */
export class ChatStates {
  readonly #options: ChatStatesOptions;
  /** By instance and chat: what is shown there now. */
  readonly #shown = new Map<string, { cancel: () => void }>();
  /** Instances that are shown online only while something is shown in their chats. */
  readonly #raised = new Map<string, number>();

  constructor(options: ChatStatesOptions) {
    this.#options = options;
  }

  /**
   * Shows a state in a chat; resolves when it was sent. With `seconds` it is kept up for that long and then taken back;
   * a newer call for the same chat takes the place of this one. Throws `SendFailed`.
   */
  async show(instance: InstanceRow, chat: string, state: ChatState, seconds: number): Promise<void> {
    const { sessions } = this.#options;
    const session = sessions.session(instance.id);
    const key = `${instance.id}/${chat}`;
    this.#shown.get(key)?.cancel();
    if (state === 'paused') return session.sendChatState(chat, state);
    const raised = !this.#options.staysOnline(instance);
    // Nobody sees what somebody who is offline writes.
    if (raised) await session.setPresence('available');
    await session.sendChatState(chat, state);
    this.#keepUp(instance.id, key, { chat, state, seconds, raised });
  }

  #keepUp(
    instanceId: string,
    key: string,
    { chat, state, seconds, raised }: { chat: string; state: ChatState; seconds: number; raised: boolean },
  ): void {
    const { clock } = this.#options;
    let stop = () => {};
    const show = { cancel: () => end() };
    const end = () => {
      stop();
      if (this.#shown.get(key) === show) this.#shown.delete(key);
      if (raised && this.#lower(instanceId))
        this.#say(instanceId, (session) => session.setPresence('unavailable'));
    };
    const next = (left: number) => {
      const step = Math.min(left, REFRESH_SECONDS);
      stop = clock.after(step * 1000, () => {
        if (left > step) {
          this.#say(instanceId, (session) => session.sendChatState(chat, state));
          return next(left - step);
        }
        this.#say(instanceId, (session) => session.sendChatState(chat, 'paused'));
        end();
      });
    };
    this.#shown.set(key, show);
    if (raised) this.#raised.set(instanceId, (this.#raised.get(instanceId) ?? 0) + 1);
    if (seconds > 0) next(seconds);
    else stop = clock.after(EXPIRY_SECONDS * 1000, end);
  }

  /** True when nothing is shown in the instance's chats any more. */
  #lower(instanceId: string): boolean {
    const left = (this.#raised.get(instanceId) ?? 1) - 1;
    if (left > 0) this.#raised.set(instanceId, left);
    else this.#raised.delete(instanceId);
    return left <= 0;
  }

  /** Nobody waits for these; a connection that has gone takes the indicator with it. */
  #say(
    instanceId: string,
    what: (session: Pick<Session, 'sendChatState' | 'setPresence'>) => Promise<void>,
  ): void {
    const { sessions, log } = this.#options;
    const said = async () => what(sessions.session(instanceId));
    said().catch((error) =>
      log.debug({ err: error, instance: instanceId }, 'a chat state could not be shown'),
    );
  }
}
