import { EventEmitter } from 'node:events';
import type { WASocket } from 'baileys';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../../telemetry/log.ts';
import { ClientVersion } from '../client-version.ts';
import { watchVersionNotices } from './version-notices.ts';

function setup() {
  const ws = new EventEmitter();
  const logged: string[] = [];
  const note = (level: string) => () => void logged.push(level);
  const log = { error: note('error'), warn: note('warn'), info: note('info') } as unknown as Logger;
  const version = new ClientVersion(null, log);
  const announced: number[] = [];
  watchVersionNotices({ ws: ws as unknown as WASocket['ws'] }, version, (from) => announced.push(from));
  const expires = (attrs: Record<string, string>) =>
    ws.emit('CB:ib,,client_expiration', {
      tag: 'ib',
      attrs: {},
      content: [{ tag: 'client_expiration', attrs }],
    });
  return { ws, version, logged, announced, expires };
}

describe('what WhatsApp says of the client version', () => {
  test('when it refuses a login is in the log once, and in /health until a login is accepted', () => {
    const { ws, version, logged } = setup();
    const refuse = () => ws.emit('CB:failure', { tag: 'failure', attrs: { reason: '405', location: 'lla' } });
    expect(version.health()).toBeNull();
    for (let n = 0; n < 3; n++) refuse();
    expect(version.health()).toEqual({ ok: false, says: 'fail: WhatsApp refuses this client version' });
    expect(logged).toEqual(['error']);
    ws.emit('CB:success', { tag: 'success', attrs: {} });
    expect(version.health()).toBeNull();
  });

  test('when it refuses a login for another reason is none of that', () => {
    const { ws, version, logged } = setup();
    ws.emit('CB:failure', { tag: 'failure', attrs: { reason: '403' } });
    expect([version.health(), logged]).toEqual([null, []]);
  });

  test('ahead of time is in the log once for each date, and in /health until it is withdrawn', () => {
    const { version, logged, announced, expires } = setup();
    for (let n = 0; n < 3; n++) expires({ t: '1798070400' });
    expect(version.health()).toEqual({ ok: true, says: 'ok until 2026-12-24T00:00:00Z' });
    expect(logged).toEqual(['warn']);
    expires({});
    expires({});
    expect(version.health()).toBeNull();
    expect(logged).toEqual(['warn', 'info']);
    expect(new Set(announced)).toEqual(new Set([1_798_070_400_000]));
  });

  test.each(['', 'soon', '-5', '1e300'])('with a time that is none (%j) changes nothing', (t) => {
    const { version, logged, announced, expires } = setup();
    expires({ t });
    expect([version.health(), logged, announced]).toEqual([null, [], []]);
  });
});
