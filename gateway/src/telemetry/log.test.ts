import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function captured() {
  const lines: string[] = [];
  return { log: createLog('trace', { write: (line) => lines.push(line) }), text: () => lines.join('') };
}

describe('the log', () => {
  it.each(['token', 'authorization', 'password', 'secret', 'secretKey', 'creds', 'privKey', 'body'])(
    'never shows the value of %s, at the top or below it',
    (key) => {
      const { log, text } = captured();
      log.info({ [key]: 'hidden-1', a: { [key]: 'hidden-2', b: { [key]: 'hidden-3' } } }, 'said');
      log.child({ [key]: 'hidden-4' }).info('said');
      expect(text()).toContain('said');
      expect(text()).not.toContain('hidden');
    },
  );

  it('shows everything else', () => {
    const { log, text } = captured();
    log.warn({ instanceId: 'i-1', err: new Error('broken') }, 'said');
    expect(JSON.parse(text())).toMatchObject({ instanceId: 'i-1', msg: 'said', err: { message: 'broken' } });
  });
});
