import type { Logger } from '../../telemetry/log.ts';

type EngineLog = Parameters<typeof import('baileys').makeWASocket>[0]['logger'];
type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What Baileys calls a warning or an error is mostly an ordinary event of a connection. */
const OUR_LEVEL: Record<Level, Level> = {
  trace: 'trace',
  debug: 'trace',
  info: 'debug',
  warn: 'debug',
  error: 'warn',
};

/**
 * The engine's log, one level quieter than ours. Its records hold whole stanzas and handshake messages, so only the
 * text and the error pass, at every level: what is not written cannot leak.
 */
export function engineLog(log: Logger): NonNullable<EngineLog> {
  const at =
    (level: Level) =>
    (record: unknown, text?: string): void => {
      if (!log.isLevelEnabled(OUR_LEVEL[level])) return;
      const message = text ?? (typeof record === 'string' ? record : 'engine');
      log[OUR_LEVEL[level]]({ component: 'baileys', err: errorOf(record) }, message);
    };
  const engine = {
    // Baileys builds large records only when it is set to trace, and none of them would be written.
    level: 'info',
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => engine,
  };
  return engine;
}

function errorOf(record: unknown): { type: string; message: string } | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const candidates = [record, ...Object.values(record)];
  const error = candidates.find((value): value is Error => value instanceof Error);
  return error && { type: error.name, message: error.message };
}
