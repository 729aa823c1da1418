import type { InstanceRow } from '../storage/schema.ts';

/** The seven behaviour flags of an instance. */
export interface InstanceSettings {
  autoRejectCalls: boolean;
  callRejectMessage: string;
  ignoreGroupMessages: boolean;
  keepOnlineStatus: boolean;
  autoReadMessages: boolean;
  disableHistorySync: boolean;
  ignoreStatus: boolean;
}

export const DEFAULT_SETTINGS: InstanceSettings = {
  autoRejectCalls: false,
  callRejectMessage: '',
  ignoreGroupMessages: false,
  keepOnlineStatus: false,
  autoReadMessages: false,
  disableHistorySync: true,
  ignoreStatus: false,
};

/** Fields that are left out (or undefined) keep their value. */
export type SettingsPatch = { [K in keyof InstanceSettings]?: InstanceSettings[K] | undefined };

/** The settings of a row; a flag that was added after the row was written has its default. */
export function settingsOf(instance: Pick<InstanceRow, 'settings'>): InstanceSettings {
  return { ...DEFAULT_SETTINGS, ...(JSON.parse(instance.settings) as Partial<InstanceSettings>) };
}

/** `before` with what the patch holds; unknown keys of the patch do not count. */
export function patched(before: InstanceSettings, patch: SettingsPatch): InstanceSettings {
  const sent = Object.entries(patch).filter(([key, value]) => key in DEFAULT_SETTINGS && value !== undefined);
  return { ...before, ...Object.fromEntries(sent) };
}
