import type { proto } from '../proto.ts';
import type { ListSection } from './blocks.ts';
import type { Kind } from './content.ts';
import { isObject, jsonObject, parameter } from './values.ts';

/** A menu of rows in its oldest form. */
export function list(message: proto.Message.IListMessage): Kind {
  const body = message.description ?? '';
  return {
    type: 'list',
    content: body,
    interactive: {
      kind: 'list',
      title: message.title ?? '',
      body,
      footer: message.footerText ?? '',
      buttonText: message.buttonText ?? '',
      sections: (message.sections ?? []).map(({ title, rows }) => ({
        title: title ?? '',
        rows: (rows ?? []).map((row) => ({
          id: row.rowId ?? '',
          title: row.title ?? '',
          description: row.description ?? '',
        })),
      })),
    },
  };
}

/** The menu that the parameters of a `single_select` button describe. */
export function menuOf(paramsJson: string | null | undefined): {
  buttonText: string;
  sections: ListSection[];
} {
  const params = jsonObject(paramsJson);
  return {
    buttonText: parameter(params, 'title', 'display_text'),
    sections: objectsIn(params, 'sections').map((section) => ({
      title: parameter(section, 'title'),
      rows: objectsIn(section, 'rows').map((row) => ({
        id: parameter(row, 'id'),
        title: parameter(row, 'title'),
        description: parameter(row, 'description'),
      })),
    })),
  };
}

function objectsIn(params: Record<string, unknown> | null, name: string): Record<string, unknown>[] {
  const value = params?.[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
