import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from './config/settings.ts';
import { ConfigError, readConfig } from './config.ts';

const KEY = 'ab'.repeat(32);

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      database: { dialect: 'sqlite', file: resolve('data/gateway.db') },
      encryptionKey: null,
      adminToken: null,
      publicUrl: null,
      allowedOrigins: [],
      trustedProxies: [],
      httpsOnly: false,
      failedLoginsPerMinute: 100,
      rateLimitPerMinute: 100,
      logLevel: 'info',
      whatsAppVersion: null,
      sandbox: null,
    });
  });

  it('takes what is set; empty counts as not set', () => {
    const config = readConfig({
      PORT: '0',
      WHATSAPP_VERSION: '2.3000.1050000000',
      HOST: '',
      DATABASE_URL: 'postgres://u:p@db/x',
      ENCRYPTION_KEY: Buffer.from(KEY, 'hex').toString('base64'),
      PUBLIC_URL: 'https://api.example.com/',
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000',
      WHATSAPP_URL: 'ws://127.0.0.1:7070/ws/chat',
      WHATSAPP_ROOT_KEY: KEY,
    });
    expect(config).toMatchObject({
      port: 0,
      whatsAppVersion: [2, 3000, 1_050_000_000],
      host: '0.0.0.0',
      database: { dialect: 'postgres', url: 'postgres://u:p@db/x' },
      encryptionKey: Buffer.from(KEY, 'hex'),
      publicUrl: 'https://api.example.com',
      allowedOrigins: ['https://a.example', 'http://localhost:3000'],
      sandbox: { url: 'ws://127.0.0.1:7070/ws/chat', rootKey: Buffer.from(KEY, 'hex'), media: null },
    });
    expect(readConfig({ ENCRYPTION_KEY: KEY }).encryptionKey).toEqual(Buffer.from(KEY, 'hex'));
  });

  it.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '1.5'],
    ['DATABASE_URL', 'mysql://x'],
    ['ENCRYPTION_KEY', 'short'],
    ['ADMIN_TOKEN', 'short'],
    ['ADMIN_TOKEN', 'has a blank in it, long enough'],
    ['PUBLIC_URL', 'api.example.com'],
    ['ALLOWED_ORIGINS', 'https://a.example/path'],
    ['ALLOWED_ORIGINS', 'a.example'],
    ['ALLOW_PRIVATE_URLS', '10.0.0.1'],
    ['TRUSTED_PROXIES', '10.0.0.1'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['HTTPS_ONLY', 'yes'],
    ['FAILED_LOGINS_PER_MINUTE', '0'],
    ['RATE_LIMIT_PER_MINUTE', '0'],
    ['LOG_LEVEL', 'loud'],
    ['WHATSAPP_URL', 'http://x'],
    ['WHATSAPP_ROOT_KEY', 'zz'],
  ])('refuses %s=%s with one line that names the variable and keeps the value to itself', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name} must [^\\n]+$`));
    if ('secret' in settings[name as keyof typeof settings]) expect(read).not.toThrow(value);
  });

  it.each([
    ['WHATSAPP_URL', 'ws://127.0.0.1:1'],
    ['WHATSAPP_ROOT_KEY', KEY],
  ])('refuses %s without its other half', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(/is required with/);
  });
});
