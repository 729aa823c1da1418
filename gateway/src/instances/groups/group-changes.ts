import { SETTINGS, type SettingName } from '../../mailbox/group-views.ts';
import type { WhatsAppError } from '../../whatsapp/errors.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { pictureRefused } from '../picture.ts';
import { refusalReason } from '../refusal.ts';

/** The state that a request asks for; what it leaves out stays as it is. */
export interface DesiredGroup {
  name?: string | undefined;
  /** '' removes it. */
  description?: string | undefined;
  /** null removes it. */
  jpeg?: Uint8Array | null | undefined;
  settings?: Partial<Record<SettingName, boolean | undefined>> | undefined;
}

/** One step towards it. */
export interface Change {
  /** As messages and warnings name it. */
  field: string;
  apply(groups: GroupOperations): Promise<void>;
  /** The `error` of a warning about it. Throws what is not a `SendFailed`. */
  warning: (error: unknown) => Warning['error'];
}

/** What went wrong with one step of an operation that succeeded as a whole. */
export interface Warning {
  field: string;
  /** A text is public as it is. */
  error: string | WhatsAppError;
}

/** The warning for a change that WhatsApp did not take. Throws what is not a `SendFailed`. */
export function warningOf({ field, warning }: Change, error: unknown): Warning {
  const isSetting = Object.hasOwn(SETTINGS, field);
  return { field: isSetting ? `groupSettings.${field}` : field, error: warning(error) };
}

/** The steps that are needed, in this order: name, description, picture, settings. */
export function changesTowards(desired: DesiredGroup, group: GroupMetadata): Change[] {
  const { jid, description } = group;
  const changes: Change[] = [];
  const step = (field: string, apply: Change['apply'], warning: Change['warning'] = refusalReason) =>
    changes.push({ field, apply, warning });
  const { name, description: text, jpeg, settings = {} } = desired;
  if (name !== undefined && name !== group.subject) step('name', (groups) => groups.setSubject(jid, name));
  if (text !== undefined && text !== (description?.text ?? '')) {
    step('description', (groups) => groups.setDescription(jid, text, description?.id ?? null));
  }
  if (jpeg !== undefined) step('image', (groups) => groups.setPicture(jid, jpeg), pictureRefused);
  for (const [setting, { rule, means }] of Object.entries(SETTINGS)) {
    const wanted = settings[setting as SettingName];
    if (wanted === undefined || group[rule] === (wanted === means)) continue;
    step(setting, (groups) => groups.setRule(group, rule, wanted === means));
  }
  return changes;
}
