import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, proto } from 'baileys';
import type { PrivacySetting, ProfileOperations } from '../../ports/profile.ts';
import { SendFailed } from '../../session.ts';
import { type Asking, ask, whileOpen } from '../ask.ts';
import { isRefusal } from '../query-failure.ts';

const PICTURE = 'w:profile:picture';
const NOT_FOUND = 404;

export interface ProfileOptions extends Asking {
  /** The own picture is another one now. */
  pictureChanged(): void;
}

/** `ProfileOperations`; pictures leave as they are, where Baileys would encode them once more. */
export class BaileysProfile implements ProfileOperations {
  readonly #options: ProfileOptions;

  constructor(options: ProfileOptions) {
    this.#options = options;
  }

  async setPicture(jpeg: Uint8Array | null): Promise<void> {
    const content = jpeg && [{ tag: 'picture', attrs: { type: 'image' }, content: jpeg }];
    try {
      await ask(this.#options, { xmlns: PICTURE, type: 'set', ...(content && { content }) });
    } catch (error) {
      if (jpeg || !isRefusal(error, NOT_FOUND)) throw error; // there was no picture to take away
    }
    this.#options.pictureChanged();
  }

  async setName(name: string): Promise<void> {
    const { socket } = this.#options;
    await this.#asked(() => socket.updateProfileName(name));
    // WhatsApp does not notify us of our own change. From here it goes to the credentials and to contacts (presence).
    const { me } = socket.authState.creds;
    if (me) socket.ev.emit('creds.update', { me: { ...me, name } });
  }

  async setAbout(text: string): Promise<void> {
    const status = { tag: 'status', attrs: {}, content: Buffer.from(text) };
    await ask(this.#options, { xmlns: 'status', type: 'set', content: [status] });
  }

  async pictureUrl(jid: string, timeoutMs: number): Promise<string | null> {
    try {
      // Through Baileys: it adds the token by which a contact lets us see its picture.
      const url = await this.#asked(() => this.#options.socket.profilePictureUrl(jid, 'image', timeoutMs));
      return url ?? null;
    } catch (error) {
      const kind = error instanceof SendFailed ? error.reason.kind : null;
      if (kind === 'refused' || kind === 'timed_out') return null;
      throw error;
    }
  }

  async about(jid: string): Promise<string | null> {
    const [found] = (await this.#asked(() => this.#options.socket.fetchStatus(jid))) ?? [];
    const text = (found?.status as { status?: string | null } | undefined)?.status;
    return text || null;
  }

  /** Baileys' usync queries do not know this protocol. */
  async businessName(jid: string): Promise<string | null> {
    const sid = this.#options.socket.generateMessageTag();
    const asked = { tag: 'business', attrs: {}, content: [{ tag: 'verified_name', attrs: {} }] };
    const usync: BinaryNode = {
      tag: 'usync',
      attrs: { sid, mode: 'query', context: 'interactive', index: '0', last: 'true' },
      content: [
        { tag: 'query', attrs: {}, content: [asked] },
        { tag: 'list', attrs: {}, content: [{ tag: 'user', attrs: { jid } }] },
      ],
    };
    const answer = await ask(this.#options, { xmlns: 'usync', type: 'get', content: [usync] });
    const path = ['usync', 'list', 'user', 'business', 'verified_name'];
    const node = path.reduce<BinaryNode | undefined>((at, tag) => getBinaryNodeChild(at, tag), answer);
    return certifiedName(node?.content);
  }

  async hasDevices(lid: string): Promise<boolean> {
    const devices = await this.#asked(() => this.#options.socket.getUSyncDevices([lid], false, false));
    return devices.length > 0;
  }

  async privacy(): Promise<Record<string, string>> {
    const question = { xmlns: 'privacy', type: 'get' as const, content: [{ tag: 'privacy', attrs: {} }] };
    const settings = getBinaryNodeChild(await ask(this.#options, question), 'privacy');
    const categories = getBinaryNodeChildren(settings, 'category');
    return Object.fromEntries(categories.map(({ attrs }) => [attrs.name ?? '', attrs.value ?? '']));
  }

  async setPrivacy(name: PrivacySetting, value: string): Promise<void> {
    const category = { tag: 'category', attrs: { name, value } };
    const content = [{ tag: 'privacy', attrs: {}, content: [category] }];
    await ask(this.#options, { xmlns: 'privacy', type: 'set', content });
  }

  #asked<T>(work: () => Promise<T>): Promise<T> {
    return whileOpen(this.#options.ended, work);
  }
}

function certifiedName(content: BinaryNode['content']): string | null {
  if (!(content instanceof Uint8Array)) return null;
  try {
    const { details } = proto.VerifiedNameCertificate.decode(content);
    return (details && proto.VerifiedNameCertificate.Details.decode(details).verifiedName) || null;
  } catch {
    return null; // a certificate that cannot be read has no name
  }
}
