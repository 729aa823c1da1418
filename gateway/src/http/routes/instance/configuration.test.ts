import { describe, expect, it } from 'vitest';
import { proxyOf } from '../../../instances/proxy.ts';
import { s3Of } from '../../../instances/s3.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { tenantGateway } from '../../testing/instances.ts';

async function setup(open: (typeof databases)[number]['open']) {
  const gateway = await tenantGateway(await open());
  const owner = await gateway.account();
  const mine = await gateway.instance(owner, 'mine');
  const request = async (method: string, thing: string, body?: unknown) => {
    const answer = await gateway.call(method, `/api/instance/${thing}/mine`, { token: mine.token, body });
    return answer.status === 200 ? answer.body : `${answer.status} ${answer.body.error.message}`;
  };
  const row = () => gateway.db.selectFrom('instances').selectAll().executeTakeFirstOrThrow();
  return { ...gateway, owner, mine, request, row };
}

const DEFAULTS = {
  autoRejectCalls: false,
  callRejectMessage: '',
  ignoreGroupMessages: false,
  keepOnlineStatus: false,
  autoReadMessages: false,
  disableHistorySync: true,
  ignoreStatus: false,
};
const NO_PROXY = { enabled: false, host: null, port: null, protocol: null, username: null };
const NO_S3 = { enabled: false, region: '', bucket: '', accessKey: '', endpoint: '', pathPrefix: '' };

describe.each(databases)(
  'GET /api/instance/getSettings/:instance, POST /api/instance/settings/:instance on $name',
  ({ open }) => {
    it('change one by one and keep the others', async () => {
      const { request, supervisor, clock } = await setup(open);
      const read = { success: true, message: 'Settings retrieved successfully' };
      expect(await request('GET', 'getSettings')).toEqual({ ...read, settings: DEFAULTS });
      clock.advance(5_000);
      const first = { autoRejectCalls: true, callRejectMessage: 'no calls', ignoreStatus: null, unknown: 1 };
      const settings = { ...DEFAULTS, autoRejectCalls: true, callRejectMessage: 'no calls' };
      expect(await request('POST', 'settings', first)).toEqual({
        success: true,
        message: 'Settings updated successfully',
        settings,
      });
      expect(supervisor.calls).toEqual([]);
      await request('POST', 'settings', { keepOnlineStatus: true, callRejectMessage: '' });
      expect(supervisor.calls).toEqual(['settings mine']);
      const now = { ...settings, keepOnlineStatus: true, callRejectMessage: '' };
      expect(await request('GET', 'getSettings')).toEqual({ ...read, settings: now });
    });

    it('that change at the same time do not undo each other', async () => {
      const { request } = await setup(open);
      const flags = [
        'autoRejectCalls',
        'ignoreGroupMessages',
        'keepOnlineStatus',
        'autoReadMessages',
        'ignoreStatus',
      ];
      await Promise.all(flags.map((flag) => request('POST', 'settings', { [flag]: true })));
      const { settings } = await request('GET', 'getSettings');
      expect(flags.filter((flag) => settings[flag])).toEqual(flags);
    });

    it.each([
      [{}, '400 At least one setting must be provided'],
      [{ ignoreStatus: null, other: true }, '400 At least one setting must be provided'],
      [{ ignoreStatus: 'true' }, '400 Invalid request body'],
      [{ callRejectMessage: 'x'.repeat(1001) }, '400 CallRejectMessage must be at most 1000 characters'],
    ])('refuse %j', async (body, text) => {
      const { request } = await setup(open);
      expect(await request('POST', 'settings', body)).toBe(text);
    });
  },
);

describe.each(databases)(
  'GET /api/instance/getProxy/:instance, POST /api/instance/proxy/:instance on $name',
  ({ open }) => {
    it('is replaced as a whole, its password sealed and never shown', async () => {
      const { request, row, seal } = await setup(open);
      const wanted = {
        enabled: true,
        host: 'proxy.example.com',
        port: 1080,
        protocol: 'SOCKS5',
        username: 'user1',
      };
      const answer = await request('POST', 'proxy', { ...wanted, password: 'pass-word' });
      const proxy = { ...wanted, port: '1080', protocol: 'socks5' };
      expect(answer).toEqual({ success: true, message: 'Proxy configuration updated successfully', proxy });
      expect(proxyOf(await row(), seal)).toEqual({
        host: 'proxy.example.com',
        port: '1080',
        protocol: 'socks5',
        username: 'user1',
        password: 'pass-word',
      });
      expect(JSON.stringify({ ...(await row()), token_sealed: null })).not.toContain('pass-word');
      await request('POST', 'proxy', { enabled: true, host: '203.0.114.7', port: '8080' });
      const read = { success: true, message: 'Proxy configuration retrieved successfully' };
      const plain = { enabled: true, host: '203.0.114.7', port: '8080', protocol: 'http', username: null };
      expect(await request('GET', 'getProxy')).toEqual({ ...read, proxy: plain });
      expect(proxyOf(await row(), seal)?.password).toBeNull();
      expect((await request('POST', 'proxy', { enabled: false, host: 'ignored' })).proxy).toEqual(NO_PROXY);
      expect(await request('GET', 'getProxy')).toEqual({ ...read, proxy: NO_PROXY });
    });

    it.each([
      [{}, 'Enabled is required'],
      [{ enabled: 'yes' }, 'Invalid request body'],
      [{ enabled: true }, 'Host is required'],
      [{ enabled: true, host: 'p.example' }, 'Port is required'],
      [{ enabled: true, host: 'http://p.example', port: '1' }, 'Host must be a host name or an IP address'],
      [{ enabled: true, host: 'p.example:80', port: '1' }, 'Host must be a host name or an IP address'],
      [{ enabled: true, host: 'p example', port: '1' }, 'Host must be a host name or an IP address'],
      [{ enabled: true, host: 'x'.repeat(254), port: '1' }, 'Host must be a host name or an IP address'],
      [{ enabled: true, host: '10.1.2.3', port: '1' }, 'Host address is not allowed'],
      [{ enabled: true, host: '[::1]', port: '1' }, 'Host address is not allowed'],
      [{ enabled: true, host: '0x7f.1', port: '1' }, 'Host address is not allowed'],
      [{ enabled: true, host: 'localhost', port: '1' }, 'Host address is not allowed'],
      [{ enabled: true, host: 'p.example', port: '0' }, 'Port must be between 1 and 65535'],
      [{ enabled: true, host: 'p.example', port: 65_536 }, 'Port must be between 1 and 65535'],
      [{ enabled: true, host: 'p.example', port: 'x' }, 'Port must be between 1 and 65535'],
      [{ enabled: true, host: 'p.example', port: true }, 'Invalid request body'],
      [
        { enabled: true, host: 'p.example', port: 1, protocol: 'ftp' },
        'Protocol must be one of: http, https, socks5',
      ],
      [
        { enabled: true, host: 'p.example', port: 1, username: 'x'.repeat(256) },
        'Username must be at most 255 characters',
      ],
    ])('refuses %j', async (body, text) => {
      const { request } = await setup(open);
      expect(await request('POST', 'proxy', body)).toBe(`400 ${text}`);
    });
  },
);

describe.each(databases)(
  'GET /api/instance/getS3/:instance, POST /api/instance/s3/:instance on $name',
  ({ open }) => {
    it('is replaced as a whole except for the secret key that reads do not show', async () => {
      const { request, row, seal } = await setup(open);
      const wanted = {
        enabled: true,
        bucket: 'media',
        accessKey: 'AKIA',
        secretKey: 'secret-key',
        pathPrefix: '/media/',
      };
      const s3 = {
        enabled: true,
        region: 'us-east-1',
        bucket: 'media',
        accessKey: 'AKIA',
        endpoint: '',
        pathPrefix: 'media/',
      };
      expect(await request('POST', 's3', wanted)).toEqual({
        success: true,
        message: 'S3 configuration updated',
        s3,
      });
      expect(await request('GET', 'getS3')).toEqual({ success: true, s3: { ...s3, secretKey: null } });
      await request('POST', 's3', {
        ...wanted,
        secretKey: null,
        bucket: 'other',
        endpoint: 'https://minio.example',
      });
      expect(s3Of(await row(), seal)).toMatchObject({ bucket: 'other', secretKey: 'secret-key' });
      expect((await request('POST', 's3', { enabled: false })).s3).toEqual(NO_S3);
      expect((await row()).s3_secret_key_sealed).toBeNull();
      expect(await request('POST', 's3', { ...wanted, secretKey: '' })).toBe('400 SecretKey is required');
    });

    it.each([
      [{}, 'Enabled is required'],
      [{ enabled: true }, 'Bucket is required'],
      [{ enabled: true, bucket: 'b' }, 'AccessKey is required'],
      [{ enabled: true, bucket: 'b', accessKey: 'a' }, 'SecretKey is required'],
      [{ enabled: true, bucket: 5 }, 'Invalid request body'],
      [{ enabled: true, bucket: 'x'.repeat(256) }, 'Bucket must be at most 255 characters'],
      [
        { enabled: true, bucket: 'b', accessKey: 'a', endpoint: 'ftp://x' },
        'Endpoint must be a full http or https URL',
      ],
      [
        { enabled: true, bucket: 'b', accessKey: 'a', endpoint: 'http://169.254.169.254' },
        'Endpoint address is not allowed',
      ],
      [
        { enabled: true, bucket: 'b', accessKey: 'a', pathPrefix: 'a/../b' },
        'PathPrefix must not contain ..',
      ],
    ])('refuses %j', async (body, text) => {
      const { request } = await setup(open);
      expect(await request('POST', 's3', body)).toBe(`400 ${text}`);
    });
  },
);
