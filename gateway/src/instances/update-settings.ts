import type { InstanceRow } from '../storage/schema.ts';
import type { Logger } from '../telemetry/log.ts';
import type { InstanceRecords } from './records.ts';
import type { SettingsPatch } from './settings.ts';
import type { Supervisor } from './supervisor.ts';

export interface UpdateSettingsDeps {
  records: Pick<InstanceRecords, 'updateSettings'>;
  supervisor: Pick<Supervisor, 'settingsChanged'>;
  log: Logger;
}

/** Stores changed settings, and applies `keepOnlineStatus` to the open session. */
export async function updateSettings(
  { id }: InstanceRow,
  patch: SettingsPatch,
  { records, supervisor, log }: UpdateSettingsDeps,
): Promise<InstanceRow> {
  const changed = await records.updateSettings(id, patch);
  if (patch.keepOnlineStatus === undefined) return changed;
  try {
    await supervisor.settingsChanged(changed);
  } catch (error) {
    // The flag is stored; a connection that breaks at this moment reads it when it opens again.
    log.warn({ instanceId: id, err: error }, 'could not apply a setting to the open session');
  }
  return changed;
}
