import type { Question, Reply } from './worker.ts';

// biome-ignore lint/suspicious/noExplicitAny: each handler knows what its command brings
type Handlers = Record<string, (details: any) => unknown>;

/** Answers the commands of the process that started this one, and ends when that one is gone. */
export function serveCommands(handlers: Handlers): void {
  process.on('message', ({ id, command, details }: Question) => {
    const work = async () => {
      const handler = handlers[command];
      if (!handler) throw new Error(`there is no command ${command}`);
      return handler(details);
    };
    work().then(
      (result) => reply({ id, result }),
      (error) =>
        reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Reports something without a command that asked for it. */
export function report(event: string, details: unknown): void {
  reply({ event, details });
}

function reply(message: Reply): void {
  process.send?.(message);
}
