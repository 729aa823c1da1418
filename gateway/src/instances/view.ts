import { timestamp } from '../clock.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { proxyView } from './proxy.ts';
import { s3View } from './s3.ts';
import { settingsOf } from './settings.ts';
import type { LiveState } from './supervisor.ts';

/** What the instance object shows besides the row. */
export interface Surroundings {
  token: string;
  live: LiveState;
  webhook: object;
  websocket: object;
  chatwoot: object;
}

/** The instance object of the API: every key is always present. */
export function instanceView(row: InstanceRow, around: Surroundings) {
  const { token, live, webhook, websocket, chatwoot } = around;
  return {
    id: row.id,
    name: row.name,
    token,
    status: live.state,
    numberJid: row.number_jid,
    createdAt: timestamp(row.created_at),
    updatedAt: timestamp(row.updated_at),
    connection: {
      state: live.state,
      numberJid: row.number_jid,
      presenceStatus: live.presence,
      displayStatus: live.display,
    },
    profile: {
      name: row.profile_name,
      pictureUrl: row.profile_picture_url,
      isBusiness: row.is_business === 1,
      businessName: row.business_name,
    },
    webhook,
    websocket,
    chatwoot,
    proxy: proxyView(row),
    settings: settingsOf(row),
    s3: s3View(row),
  };
}
