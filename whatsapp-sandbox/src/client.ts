/*
 * The control API from a program's side, for demos and for tests that use the sandbox. It knows nothing
 * of the server: everything goes over HTTP.
 */

import type { Shown } from './phones/shown/index.ts';

export interface InboxMessage extends Shown {
  seq: number;
  id: string;
  from: string;
  chat: string;
  fromMe: boolean;
  kind: string;
  text: string;
  quoted?: { id: string; text: string; author?: string; chat?: string };
  /** The message that this one is about. */
  target?: string;
  media?: InboxFile;
  attachments?: InboxFile[];
}

/** A file that came with a message, as the phone downloaded and decrypted it. */
export interface InboxFile {
  kind: string;
  mimetype?: string;
  directPath: string;
  /** Bytes and SHA-256 (hexadecimal) of the clear file. */
  size?: number;
  sha256?: string;
  /** Why it could not be downloaded or decrypted. */
  error?: string;
  fileName?: string;
  seconds?: number;
  width?: number;
  height?: number;
  voice?: boolean;
  gif?: boolean;
  animated?: boolean;
  viewOnce?: boolean;
  waveform?: number[];
  /** The small JPEG inside the message, base64. */
  thumbnail?: string;
}

/** A companion of a phone, as the server sees it. */
export interface LinkedDevice {
  device: number;
  connected: boolean;
  available: boolean;
  preKeys: number;
  /** Stanzas that it has not acknowledged. */
  waiting: number;
}

/** A stanza in JSON; bytes are base64. */
export interface RawStanza {
  tag: string;
  attrs?: Record<string, string>;
  content?: RawStanza[] | string | { bytes: string };
}

/** The value of an entry of the app state, by the name of its action (`muteAction`). */
export type AppStateValue = Record<string, unknown>;

export interface AppState {
  collections: Record<string, { version: number; damaged: string | null }>;
  actions: { collection: string; index: string[]; value: AppStateValue }[];
}

/** As long as the control API lets a request wait; a busy machine may need long. */
const INBOX_WAIT_MS = 60_000;

/** A phone on the sandbox's WhatsApp. */
export class Phone {
  readonly number: string;
  readonly #control: string;

  private constructor(control: string, number: string) {
    this.#control = control;
    this.number = number;
  }

  /** `options` as in the control API: `business`. */
  static async make(control: string, number: string, name: string, options: object = {}): Promise<Phone> {
    await post(`${control}/phones`, { number, name, ...options });
    return new Phone(control, number);
  }

  /** Answers when the companion is linked. */
  scan(qr: string): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/scan`, { qr });
  }

  typeLinkCode(code: string): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/link-code`, { code });
  }

  /** Signs the options of a passkey request; `wrong`: `origin`, `rpId`, `flags`. */
  assert(options: object, wrong: object = {}): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/assert`, { options, ...wrong });
  }

  /** The user has compared the codes of a linking with a passkey. */
  confirm(code: string): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/confirm`, { code });
  }

  /** The user saw two different codes. */
  deny(): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/deny`, {});
  }

  unlink(): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/unlink`, {});
  }

  async devices(): Promise<LinkedDevice[]> {
    const { phones } = (await get(`${this.#control}/phones`)) as {
      phones: { number: string; devices: LinkedDevice[] }[];
    };
    return phones.find(({ number }) => number === this.number)?.devices ?? [];
  }

  /** Makes the server misbehave towards this phone's companions. */
  fault(fault: string, details: object = {}): Promise<unknown> {
    return post(`${this.#control}/faults`, { phone: this.number, fault, ...details });
  }

  /**
   * Sends any stanza to a companion of this phone and answers with the acks, receipts and results that came back for its
   * id. `options`: `device`, `queue` (it waits like a message until it is acknowledged), `wait` (milliseconds for the
   * answers, 5,000), `answers` (how many to wait for, 1).
   */
  async stanza(stanza: RawStanza, options: object = {}): Promise<RawStanza[]> {
    const url = `${this.#control}/phones/${this.number}/stanza`;
    const { answers } = (await post(url, { wait: 5_000, ...options, stanza })) as { answers: RawStanza[] };
    return answers;
  }

  /** Several people read messages of this phone's account in a group or its statuses, and one receipt says so. */
  groupedReceipt(
    chat: string,
    messages: { id: string; readers: string[] }[],
    type: 'read' | 'played' | 'delivered' = 'read',
  ): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/grouped-receipt`, { chat, messages, type });
  }

  /** Switches properties of the account, `props` by number; `lidMigrated`: its direct chats are addressed by LID. */
  props(changes: { lidMigrated?: boolean; props?: Record<string, string> }): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/props`, changes);
  }

  /** Sends a text, or what `what` holds in the words of the control API; `options`: `quote`, `mentions`, `id`, … */
  async send(to: string, what: string | object, options: object = {}): Promise<string> {
    const content = typeof what === 'string' ? { text: what } : what;
    const body = { to, ...content, ...options };
    const { id } = (await post(`${this.#control}/phones/${this.number}/send`, body)) as { id: string };
    return id;
  }

  /** Sends a file; `media` as in the sandbox's README. Answers with the id and where the file lies, encrypted. */
  sendMedia(
    to: string,
    media: { kind: string; data?: string; bytes?: number; [field: string]: unknown },
  ): Promise<{ id: string; media: { directPath: string; size: number; sha256: string } }> {
    return post(`${this.#control}/phones/${this.number}/send`, { to, media }) as never;
  }

  /** The clear file of a message that this phone sent or received. */
  async file(id: string): Promise<Buffer> {
    const response = await fetch(`${this.#control}/phones/${this.number}/media/${id}`);
    if (!response.ok) await read(response);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Rings a number, or announces a call in a group; answers with the call's id. */
  async call(to: string, details: object = {}): Promise<string> {
    const { callId } = (await this.act('call', { to, ...details })) as { callId: string };
    return callId;
  }

  /** What it knows of calls, oldest first. */
  async calls(): Promise<{ id: string; with: string; state: string; reason?: string }[]> {
    const { calls } = (await get(`${this.#control}/phones/${this.number}/calls`)) as {
      calls: { id: string; with: string; state: string; reason?: string }[];
    };
    return calls;
  }

  act(action: string, details: object): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/act`, { action, ...details });
  }

  /** An action that sends something about a message on the screen; answers with the id of what it sends. */
  async about(action: string, id: string, details: object = {}): Promise<string> {
    return ((await this.act(action, { id, ...details })) as { id: string }).id;
  }

  /** The app state of the phone, which it shares with its companions. */
  appState(): Promise<AppState> {
    return get(`${this.#control}/phones/${this.number}/app-state`) as Promise<AppState>;
  }

  /** The value of one entry of the app state; undefined when there is no such entry. */
  async entry(...index: string[]): Promise<AppStateValue | undefined> {
    const { actions } = await this.appState();
    return actions.find((action) => action.index.join() === index.join())?.value;
  }

  /** Gives it a past that companions get when they are linked: `chats`, `messages`, `days`, `unread`, `chunk`. */
  hasLived(history: { chats: number; messages: number; [field: string]: number }): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/history`, history);
  }

  /** Waits until the screen shows a message with this id. */
  async sees(id: string): Promise<InboxMessage> {
    for (let after = 0; ; ) {
      const messages = await this.inbox(after, INBOX_WAIT_MS);
      const found = messages.find((message) => message.id === id);
      if (found) return found;
      const last = messages.at(-1);
      if (!last) throw new Error(`the phone ${this.number} did not get the message ${id}`);
      after = last.seq;
    }
  }

  /** What came after `after`; when that is nothing, waits up to `wait` milliseconds for it. */
  async inbox(after = 0, wait = 0): Promise<InboxMessage[]> {
    const query = `after=${after}&wait=${wait}`;
    const { messages } = (await get(`${this.#control}/phones/${this.number}/inbox?${query}`)) as {
      messages: InboxMessage[];
    };
    return messages;
  }
}

/** A group on the sandbox's WhatsApp; its owner's phone does things in it unless another one is named. */
export class Group {
  readonly jid: string;
  readonly #control: string;

  private constructor(control: string, jid: string) {
    this.#control = control;
    this.jid = jid;
  }

  /** Made by the phone `owner`; `participants` are numbers of phones, too. `options` as `POST /control/groups` takes them. */
  static async make(
    control: string,
    owner: string,
    subject: string,
    participants: string[],
    options: object = {},
  ): Promise<Group> {
    const wanted = { owner, subject, participants, ...options };
    const { jid } = (await post(`${control}/groups`, wanted)) as { jid: string };
    return new Group(control, jid);
  }

  /** A group that is there already. */
  static named(control: string, jid: string): Group {
    return new Group(control, jid);
  }

  add(...numbers: string[]): Promise<unknown> {
    return post(`${this.#control}/groups/${this.jid}/participants`, { add: numbers });
  }

  remove(...numbers: string[]): Promise<unknown> {
    return post(`${this.#control}/groups/${this.jid}/participants`, { remove: numbers });
  }

  /** What a phone in it does: `subject`, `rules`, `promote`, `join`, `link`, … (see the README). */
  act(action: string, details: object = {}): Promise<unknown> {
    return post(`${this.#control}/groups/${this.jid}/act`, { action, ...details });
  }

  /** As the server knows it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read it field by field
  state(): Promise<any> {
    return get(`${this.#control}/groups/${this.jid}`);
  }
}

/** A channel on the sandbox's WhatsApp; its owner's phone runs it. */
export class Newsletter {
  readonly jid: string;
  readonly invite: string;
  readonly #control: string;

  private constructor(control: string, jid: string, invite: string) {
    this.#control = control;
    this.jid = jid;
    this.invite = invite;
  }

  /** Made by the phone `owner`; `fields` are those of `POST /control/newsletters`. */
  static async make(control: string, owner: string, name: string, fields: object = {}): Promise<Newsletter> {
    const made = (await post(`${control}/newsletters`, { owner, name, ...fields })) as Newsletter;
    return new Newsletter(control, made.jid, made.invite);
  }

  /** The number follows it. */
  follow(number: string): Promise<unknown> {
    return this.#followers({ add: number });
  }

  unfollow(number: string): Promise<unknown> {
    return this.#followers({ remove: number });
  }

  /** The owner of a private channel lets the number in. */
  approve(number: string): Promise<unknown> {
    return this.#followers({ approve: number });
  }

  /** `fields` are those of `POST /control/newsletters/:jid`. */
  change(fields: object): Promise<unknown> {
    return post(`${this.#control}/newsletters/${this.jid}`, fields);
  }

  #followers(change: object): Promise<unknown> {
    return post(`${this.#control}/newsletters/${this.jid}/followers`, change);
  }
}

async function get(url: string): Promise<unknown> {
  return read(await fetch(url));
}

async function post(url: string, body: object): Promise<unknown> {
  return read(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function read(response: Response): Promise<unknown> {
  const body = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${body.error}`);
  return body;
}
