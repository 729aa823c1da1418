import type { OutgoingKind } from './kind.ts';
import { interactive, nativeFlow, panel } from './native-flow.ts';

export interface ListRow {
  id: string;
  title: string;
  description: string | undefined;
}

export interface OutgoingList {
  contentText: string;
  headerText: string | undefined;
  footerText: string | undefined;
  /** Label that opens the menu. */
  buttonText: string;
  sections: { title: string; rows: ListRow[] }[];
}

/** A menu of which one row can be chosen. */
export function listKind({
  contentText,
  headerText,
  footerText,
  buttonText,
  sections,
}: OutgoingList): OutgoingKind {
  const header = headerText === undefined ? undefined : { title: headerText };
  const menu = {
    title: buttonText,
    sections: sections.map(({ title, rows }) => ({
      title,
      rows: rows.map(({ id, title, description }) => ({ id, title, description: description ?? '' })),
    })),
  };
  return {
    type: 'list',
    content: contentText,
    build: (building) =>
      interactive(
        {
          ...panel({ header, body: contentText, footer: footerText }),
          nativeFlowMessage: nativeFlow([{ name: 'single_select', params: menu }]),
        },
        building,
      ),
  };
}
