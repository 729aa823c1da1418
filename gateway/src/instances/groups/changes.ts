import { SETTINGS, type SettingName } from '../../mailbox/group-views.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { imageRefused } from './image.ts';

/** What a request wants a group to be like; what it leaves out stays as it is. */
export interface DesiredGroup {
  name?: string | undefined;
  /** '' takes it away. */
  description?: string | undefined;
  /** null takes it away. */
  jpeg?: Uint8Array | null | undefined;
  settings?: Partial<Record<SettingName, boolean | undefined>> | undefined;
}

/** One step towards it. */
export interface Change {
  /** As messages and warnings name it. */
  field: string;
  apply(groups: GroupOperations): Promise<void>;
  /** The text of a warning about it. */
  warning(reason: string): string;
}

/** The steps that are needed, in the contract's order: name, description, picture, settings. */
export function changesTowards(desired: DesiredGroup, group: GroupMetadata): Change[] {
  const { jid, description } = group;
  const changes: Change[] = [];
  const step = (field: string, apply: Change['apply'], warning: Change['warning'] = (reason) => reason) =>
    changes.push({ field, apply, warning });
  const { name, description: text, jpeg, settings = {} } = desired;
  if (name !== undefined && name !== group.subject) step('name', (groups) => groups.setSubject(jid, name));
  if (text !== undefined && text !== (description?.text ?? '')) {
    step('description', (groups) => groups.setDescription(jid, text, description?.id ?? null));
  }
  if (jpeg !== undefined) step('image', (groups) => groups.setPicture(jid, jpeg), imageRefused);
  for (const [setting, { rule, means }] of Object.entries(SETTINGS)) {
    const wanted = settings[setting as SettingName];
    if (wanted === undefined || group[rule] === (wanted === means)) continue;
    step(setting, (groups) => groups.setRule(group, rule, wanted === means));
  }
  return changes;
}
