import type { PrivacySettings } from '../../../instances/profile/privacy-cache.ts';
import type { PrivacySetting } from '../../../whatsapp/ports/profile.ts';

interface Field {
  group: 'visibility' | 'privacy' | 'permissions';
  name: string;
  /** WhatsApp's name of it. */
  setting: PrivacySetting;
  values: readonly string[];
}

const SHOWN_TO = ['all', 'contacts', 'contact_blacklist', 'none'];

/** The settings in the order in which they are changed, under their public names. */
export const FIELDS: readonly Field[] = [
  { group: 'visibility', name: 'lastSeen', setting: 'last', values: SHOWN_TO },
  { group: 'visibility', name: 'status', setting: 'status', values: SHOWN_TO },
  { group: 'visibility', name: 'profile', setting: 'profile', values: SHOWN_TO },
  { group: 'visibility', name: 'online', setting: 'online', values: ['all', 'match_last_seen'] },
  { group: 'privacy', name: 'readReceipts', setting: 'readreceipts', values: ['all', 'none'] },
  { group: 'permissions', name: 'callAdd', setting: 'calladd', values: ['all', 'known'] },
  {
    group: 'permissions',
    name: 'groupAdd',
    setting: 'groupadd',
    values: ['all', 'contacts', 'contact_blacklist'],
  },
];

/** A setting that WhatsApp does not report is '', a value that we do not know passes through. */
export function settingsView(settings: PrivacySettings) {
  const view: Record<Field['group'], Record<string, string>> = {
    visibility: {},
    privacy: {},
    permissions: {},
  };
  for (const { group, name, setting } of FIELDS) view[group][name] = settings[setting] ?? '';
  return view;
}

/** The settings of the examples. */
export const exampleSettings = {
  visibility: { lastSeen: 'contacts', status: 'all', profile: 'contacts', online: 'match_last_seen' },
  privacy: { readReceipts: 'all' },
  permissions: { callAdd: 'all', groupAdd: 'contacts' },
};
