import { beforeAll, describe, expect, test } from 'vitest';
import { JOAO } from '../../../instances/ingest/testing/ingest.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { conversation, refused, UNKNOWN_NUMBER } from './testing/conversation.ts';
import { DEV_TEAM, MARIA, type MailboxBench } from './testing/mailbox.ts';

describe.each(databases)('the mailbox on $name', ({ open }) => {
  let bench: MailboxBench;
  beforeAll(async () => {
    bench = await conversation(await open());
  });

  describe('GET /api/chat/contacts/:instance', () => {
    const joao = {
      jid: JOAO.jid,
      lid: JOAO.lid,
      first_name: 'João',
      full_name: 'João Silva',
      push_name: 'joao',
      business_name: '',
      redacted_phone: '',
      found: true,
    };

    test('lists people by address, all at once or in pages', async () => {
      const all = await bench.get('contacts');
      expect(all.body).toMatchObject({ message: 'Contacts retrieved successfully', total: 2 });
      expect(all.body.contacts[0]).toEqual(joao);
      expect(all.body.contacts.map(({ jid }: { jid: string }) => jid)).toEqual([JOAO.jid, MARIA.jid]);
      expect(all.body).not.toHaveProperty('nextCursor');
      const first = await bench.get('contacts', { limit: '1' });
      expect(first.body).toMatchObject({ total: 2, contacts: [joao] });
      const second = await bench.get('contacts', { limit: '1', cursor: first.body.nextCursor });
      expect(second.body).toMatchObject({ total: 2, contacts: [{ jid: MARIA.jid }], nextCursor: null });
    });

    test.each(['5511999999999', '551199999999', '+55 (11) 99999-9999', JOAO.jid, JOAO.lid])(
      'finds one by %s',
      async (number) => {
        const found = await bench.get('contacts', { number, limit: '0', cursor: '!' });
        expect(found.body).toEqual({
          success: true,
          message: 'Contact retrieved successfully',
          contact: joao,
        });
      },
    );

    test('shows how an unknown contact would be named', async () => {
      const { status, body } = await bench.get('contacts', { number: UNKNOWN_NUMBER });
      const nameless = {
        first_name: '',
        full_name: '',
        push_name: '',
        business_name: '',
        redacted_phone: '',
      };
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          success: true,
          message: 'Contact not found',
          contact: { jid: `${UNKNOWN_NUMBER}@s.whatsapp.net`, ...nameless, found: false },
        },
      });
    });

    test.each([
      [{ limit: '0' }, 'limit must be between 1 and 1000'],
      [{ limit: '1001' }, 'limit must be between 1 and 1000'],
      [{ limit: 'x' }, 'limit must be between 1 and 1000'],
      [{ cursor: 'nonsense' }, 'Invalid cursor'],
      [{ number: '1234' }, 'Invalid number: 1234'],
      [{ number: DEV_TEAM }, `Invalid number: ${DEV_TEAM}`],
    ])('%j: %s', async (query, message) => {
      expect(await bench.get('contacts', query as Record<string, string>)).toMatchObject(
        refused(400, message),
      );
    });
  });

  describe('GET /api/chat/contactsByLabel/:instance', () => {
    const important = { id: '1', name: 'Important', color: 0, type: 'CUSTOM', deleted: false };
    const vip = { id: '2', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false };
    const group = { chat_jid: DEV_TEAM, name: 'Dev Team', is_group: true };
    const joao = { chat_jid: JOAO.jid, name: 'João Silva', is_group: false };

    test.each<[Record<string, string>, object[], string[]]>([
      [
        {},
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [important, vip] },
        ],
        [],
      ],
      [
        { labelIds: ' 2 , 9' },
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [vip] },
        ],
        ['2'],
      ],
      [{ labelNames: 'important' }, [{ ...joao, labels: [important] }], ['1']],
      [
        { labelIds: '2', labelNames: 'IMPORTANT', refresh: '0' },
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [important, vip] },
        ],
        ['1', '2'],
      ],
      [{ labelIds: '3,9', labelNames: 'nothing' }, [], []],
    ])('%j', async (query, chats, filter_label_ids) => {
      const { status, body } = await bench.get('contactsByLabel', query);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          success: true,
          message: 'Chats retrieved successfully',
          chats,
          total_chats: chats.length,
          total_rows: chats.flatMap((chat) => (chat as { labels: object[] }).labels).length,
          refreshed: false,
          filter_label_ids,
        },
      });
    });

    test.each([
      [{ refresh: 'yes' }, 400, 'refresh must be true or false'],
      [{ refresh: 'true' }, 503, 'Instance is not connected to WhatsApp'],
    ])('%j: %i %s', async (query, status, message) => {
      expect(await bench.get('contactsByLabel', query)).toMatchObject(refused(status, message));
    });
  });
});
