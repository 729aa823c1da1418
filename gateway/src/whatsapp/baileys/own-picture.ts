import type { BinaryNode, WASocket } from 'baileys';
import type { Logger } from '../../telemetry/log.ts';
import { isSelf } from '../inbound/origin.ts';
import { personOf } from '../jid.ts';
import type { Self, Session } from '../session.ts';
import { QUERY_TIMEOUT_MS } from './engine.ts';

export interface OwnPictureOptions {
  ws: WASocket['ws'];
  session: Session;
  self(): Self | null;
  /** The account's picture is another one now; null when it has none. */
  onRead(pictureUrl: string | null): void;
  log: Logger;
}

/** Follows the account's own picture, which is changed here or on another device. */
export class OwnPicture {
  readonly #options: OwnPictureOptions;

  constructor(options: OwnPictureOptions) {
    this.#options = options;
    options.ws.on('CB:notification,type:picture', ({ attrs }: BinaryNode) => {
      const self = options.self();
      if (self && isSelf(personOf(attrs.from), self)) void this.read();
    });
  }

  /** What is missed now is read when the next connection opens. */
  async read(): Promise<void> {
    const { session, onRead, log } = this.#options;
    try {
      onRead(await session.profile.pictureUrl(session.self.jid, QUERY_TIMEOUT_MS));
    } catch (error) {
      log.debug({ err: error }, 'could not read the own picture');
    }
  }
}
