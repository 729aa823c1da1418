import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import { removeCleared } from '../../mailbox/clearing.ts';
import { Groups } from '../../mailbox/groups.ts';
import { Mailbox } from '../../mailbox/mailbox.ts';
import { Messages, storedContent } from '../../mailbox/messages.ts';
import { accepted, refused } from '../../mailbox/outcome.ts';
import { storable } from '../../mailbox/storable.ts';
import { query } from '../../storage/prepared.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CallNotice } from '../../whatsapp/call.ts';
import type { ChatChanges } from '../../whatsapp/chat-change.ts';
import type { GroupMetadata, GroupNotice } from '../../whatsapp/group.ts';
import type { HistoryAnnouncement } from '../../whatsapp/history/announcement.ts';
import type { Incoming } from '../../whatsapp/inbound/incoming.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import { personOf } from '../../whatsapp/jid.ts';
import type { NewsletterChange } from '../../whatsapp/newsletter.ts';
import type { MessageContext, Receipt, Session, SessionListener } from '../../whatsapp/session.ts';
import type { WireMessage } from '../../whatsapp/wire.ts';
import { selfOf } from '../self.ts';
import type { HistoryImports } from './history-imports.ts';
import { ingestCall } from './ingest-call.ts';
import { ingestChatChanges } from './ingest-chat-changes.ts';
import { ingestGroupNotice } from './ingest-groups.ts';
import { ingestMessage } from './ingest-message.ts';
import { ingestNewsletterChanges } from './ingest-newsletters.ts';
import { ingestReceipt } from './ingest-receipt.ts';

export interface IngestSettings {
  ignoreGroupMessages: boolean;
  ignoreStatus: boolean;
  autoReadMessages: boolean;
}

export interface IngestOptions {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  settingsOf(instance: Pick<InstanceRow, 'settings'>): IngestSettings;
  /** The open session of an instance; throws when there is none. */
  sessions: { session(instanceId: string): Pick<Session, 'markRead' | 'groups'> };
  /** Where announced history goes. */
  history?: Pick<HistoryImports, 'announced' | 'wake'>;
  /** A post came in; its channel may be unknown. */
  metNewsletter?(jid: string): void;
  /** A notice about a call was stored for the first time. */
  callStored?(notice: CallNotice): void;
}

const instanceOf = query((db, { instanceId }: { instanceId: string }) =>
  db
    .selectFrom('instances')
    .select(['settings', 'number_jid', 'lid', 'profile_name', 'history_days'])
    .where('id', '=', instanceId),
);

type Profile = Parameters<SessionListener['profile']>[0];

/**
 * Takes in what WhatsApp delivers to one instance. Everything that a call writes and reports is one commit, made
 * before the call resolves: a storage error reaches the session, which then does not acknowledge.
 */
export class Ingest implements SessionListener {
  readonly #instanceId: string;
  readonly #options: IngestOptions;
  readonly #log: Logger;
  /** JIDs of groups that are being asked for. */
  readonly #learning = new Set<string>();

  constructor(instanceId: string, options: IngestOptions) {
    this.#instanceId = instanceId;
    this.#options = options;
    this.#log = options.log.child({ instance: instanceId });
  }

  async message(incoming: Incoming | null, { alongside }: MessageContext): Promise<void> {
    const taken = await this.#transaction(async (mailbox, instance) => {
      await alongside?.(mailbox.scope.trx);
      const settings = this.#options.settingsOf(instance);
      if (!incoming || dropped(incoming, settings)) return null;
      const isNew = await ingestMessage(mailbox, incoming);
      return { incoming, toRead: isNew && settings.autoReadMessages };
    });
    if (taken?.toRead) this.#markRead(taken.incoming);
    const chat = taken?.incoming.origin.chat;
    if (chat?.kind === 'newsletter') this.#options.metNewsletter?.(chat.jid);
  }

  /** Only notes it: the chunk is taken in beside everything else. */
  async history(announcement: HistoryAnnouncement, { alongside }: MessageContext): Promise<void> {
    const { history } = this.#options;
    const noted = await this.#transaction(async ({ scope: { trx, now } }, instance) => {
      await alongside?.(trx);
      if (!history) return false;
      return history.announced(trx, { id: this.#instanceId, ...instance }, { ...announcement, now });
    });
    if (noted) history?.wake(this.#instanceId);
  }

  async receipt(receipt: Receipt): Promise<void> {
    await this.#transaction((mailbox) => ingestReceipt(mailbox, receipt));
  }

  async call(notice: CallNotice): Promise<void> {
    const isNew = await this.#transaction((mailbox) => ingestCall(mailbox, notice));
    if (isNew) this.#options.callStored?.(notice);
  }

  async chatChanges(all: ChatChanges[]): Promise<void> {
    const cleared = await this.#transaction(async (mailbox) => {
      const chats: string[] = [];
      for (const changes of all) chats.push(...(await ingestChatChanges(mailbox, changes)));
      return chats;
    });
    for (const chat of cleared ?? []) void this.#removeCleared(chat);
  }

  async groupNotice(notice: GroupNotice): Promise<void> {
    const known = await this.#transaction((mailbox) => ingestGroupNotice(mailbox, notice));
    if (known === false) void this.#learnGroup(notice.group);
  }

  async groups(groups: GroupMetadata[], complete: boolean): Promise<void> {
    await this.#transaction(async (mailbox) => {
      if (complete) return mailbox.groups.replaceAll(groups);
      for (const group of groups) await mailbox.groups.store(group);
    });
  }

  group(jid: string): Promise<GroupMetadata | null> {
    const { db, clock } = this.#options;
    return new Groups(db, this.#instanceId, clock.now()).find(jid);
  }

  async newsletters(changes: NewsletterChange[]): Promise<void> {
    await this.#transaction((mailbox) => ingestNewsletterChanges(mailbox, changes));
  }

  async lateAck(id: string, code: number | null): Promise<void> {
    await this.#transaction<unknown>((mailbox) =>
      code === null ? accepted(mailbox, id, true) : refused(mailbox, id, code),
    );
  }

  async identity({ jid, lid }: { jid: string; lid: string }): Promise<void> {
    const person = personOf(jid, lid);
    if (person) await this.#transaction((mailbox) => mailbox.meet(person, 'notification'));
  }

  async profile({ name, isBusiness, businessName, pictureUrl }: Profile): Promise<void> {
    const { db } = this.#options;
    await db
      .updateTable('instances')
      .set({
        ...(name !== undefined && { profile_name: storable(name) }),
        ...(isBusiness !== undefined && { is_business: isBusiness ? 1 : 0 }),
        ...(businessName !== undefined && { business_name: storable(businessName) }),
        ...(pictureUrl !== undefined && { profile_picture_url: pictureUrl }),
      })
      .where('id', '=', this.#instanceId)
      .execute();
  }

  async sentMessage(id: string): Promise<WireMessage | undefined> {
    const { db, clock } = this.#options;
    return storedContent(await new Messages(db, this.#instanceId, clock.now()).findSent(id));
  }

  /** Runs `work` unless the instance is gone, or was never linked and so has no self. */
  #transaction<T>(
    work: (mailbox: Mailbox, instance: Pick<InstanceRow, 'settings' | 'history_days'>) => Promise<T>,
  ): Promise<T | null> {
    const { outbox, clock } = this.#options;
    const instanceId = this.#instanceId;
    return outbox.transaction(instanceId, async (trx, emit) => {
      const [instance] = (await instanceOf(trx, { instanceId })).rows;
      const self = instance && selfOf(instance);
      if (!instance || !self) return null;
      return work(new Mailbox({ trx, emit, instanceId, self, now: clock.now() }), instance);
    });
  }

  /** Asks once, also when more notices of the group come. The session stores the answer in order with them. */
  async #learnGroup(jid: string): Promise<void> {
    if (this.#learning.has(jid)) return;
    this.#learning.add(jid);
    try {
      await this.#options.sessions.session(this.#instanceId).groups.metadata(jid);
    } catch (error) {
      this.#log.warn({ err: error, group: jid }, 'could not learn what a group is like');
    } finally {
      this.#learning.delete(jid);
    }
  }

  async #removeCleared(chat: string): Promise<void> {
    try {
      await removeCleared(this.#options.db, this.#instanceId, chat);
    } catch (error) {
      this.#log.warn({ err: error }, 'messages of a deleted chat could not be removed yet'); // retention goes on with it
    }
  }

  #markRead({ origin }: Incoming): void {
    if (origin.author.kind !== 'person' || origin.chat.kind === 'status') return;
    const { chat, participant } = origin.key;
    const key = { chat, id: origin.id, ...(participant && { participant }) };
    void this.#tryToMarkRead(origin.chat, key);
  }

  async #tryToMarkRead(
    chat: ChatAddress,
    key: { chat: string; id: string; participant?: string },
  ): Promise<void> {
    try {
      await this.#options.sessions.session(this.#instanceId).markRead([key]);
      await this.#transaction(async (mailbox) => {
        const { key: place } = await mailbox.placeOf(chat, 'message');
        await mailbox.chats.readMessages(place, [key.id]);
      });
    } catch (error) {
      this.#log.warn({ err: error, messageId: key.id }, 'a message could not be marked as read');
    }
  }
}

function dropped({ origin }: Incoming, settings: IngestSettings): boolean {
  if (origin.chat.kind === 'group') return settings.ignoreGroupMessages;
  return origin.chat.kind === 'status' && origin.author.kind !== 'self' && settings.ignoreStatus;
}
