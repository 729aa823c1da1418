import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { Account } from '../model/account.ts';

/** `lid_one_on_one_migration_enabled`: direct chats of the account are addressed by LID. */
const LID_MIGRATION = '9435';

/** `xmlns="abt"`: what WhatsApp has switched on for the account, by number. */
export function answerProps(account: Account): Stanza[] {
  const props = [...propsOf(account)];
  const hash = createHash('sha256').update(JSON.stringify(props)).digest('base64url').slice(0, 8);
  const attrs = { protocol: '1', ab_key: 'sandbox', hash, refresh: '86400', refresh_id: '1', version: '1' };
  const content = props.map(([code, value]) => stanza('prop', { config_code: code, config_value: value }));
  return [stanza('props', attrs, content)];
}

export function propsOf(account: Account): Map<string, string> {
  return new Map([[LID_MIGRATION, account.lidMigrated ? '1' : '0'], ...account.abProps]);
}

/** `<client-props>` of `pair-success`: the state of the account that a new companion has to know at once. */
export function clientProps({ lidMigrated }: Account): Stanza {
  const bytes = proto.ClientPairingProps.encode({ isChatDbLidMigrated: lidMigrated }).finish();
  return stanza('client-props', {}, bytes);
}

/** What `<success>` says of the account besides its names. */
export function successProps(account: Account): Record<string, string> {
  const companion_enc_static = createHash('sha256').update(`enc:${account.number}`).digest('base64');
  return { props: '27', abprops: '10', location: 'lla', companion_enc_static };
}
