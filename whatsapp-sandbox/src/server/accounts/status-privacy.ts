import { type Stanza, stanza } from '../../wire/stanza.ts';
import { accountJid, type Device, STATUS_AUDIENCES } from '../model/account.ts';

/** `<privacy>` under `xmlns="status"`: for whom clients encrypt a status; three lists, of which one is the default. */
export function answerStatusPrivacy({ account }: Device): Stanza[] {
  const { audience, people } = account.statusPrivacy;
  const users = [...people].map((person) => stanza('user', { jid: accountJid(person, 'pn') }));
  const lists = STATUS_AUDIENCES.map((type) => {
    const chosen = type === audience;
    const content = chosen && type !== 'contacts' ? users : undefined;
    return stanza('list', { type, default: chosen ? 'true' : undefined }, content);
  });
  return [stanza('privacy', {}, lists)];
}
