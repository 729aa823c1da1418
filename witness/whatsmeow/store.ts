import { DatabaseSync } from 'node:sqlite';

/** What whatsmeow keeps in its SQLite file, read from the outside: what it understood and reports by no event. */
export class WhatsmeowStore {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  pushName(): string {
    return String(this.#rows('SELECT push_name FROM whatsmeow_device')[0]?.push_name ?? '');
  }

  /** Version of each app-state collection that it has read. */
  appStateVersions(): Record<string, number> {
    const rows = this.#rows('SELECT name, version FROM whatsmeow_app_state_version');
    return Object.fromEntries(rows.map(({ name, version }) => [String(name), Number(version)]));
  }

  /** `mutedUntil` in Unix seconds, 0 when the chat is not muted. */
  chat(jid: string): { mutedUntil: number; pinned: boolean; archived: boolean } | undefined {
    const [row] = this.#rows('SELECT * FROM whatsmeow_chat_settings WHERE chat_jid = ?', jid);
    if (!row) return undefined;
    return { mutedUntil: Number(row.muted_until), pinned: row.pinned === 1, archived: row.archived === 1 };
  }

  contact(jid: string): { fullName: string; pushName: string } | undefined {
    const [row] = this.#rows('SELECT * FROM whatsmeow_contacts WHERE their_jid = ?', jid);
    return row && { fullName: String(row.full_name ?? ''), pushName: String(row.push_name ?? '') };
  }

  /** How many people it knows the push name of. */
  pushNames(): number {
    return this.#rows("SELECT their_jid FROM whatsmeow_contacts WHERE push_name <> ''").length;
  }

  #rows(sql: string, ...values: string[]): Record<string, unknown>[] {
    const database = new DatabaseSync(this.file, { readOnly: true, timeout: 2_000 });
    try {
      return database.prepare(sql).all(...values);
    } finally {
      database.close();
    }
  }
}
