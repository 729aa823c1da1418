/**
 * Runs `write` for what is waiting, one batch after another in the order of the calls: what arrives while one batch is
 * written shares the next one, and so its commit. A call resolves when its batch is written, and fails with it.
 */
export function batched<T>(write: (batch: T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: { item: T; written: PromiseWithResolvers<void> }[] = [];
  let writing = false;

  async function run(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(batch.map(({ item }) => item));
        for (const { written } of batch) written.resolve();
      } catch (error) {
        for (const { written } of batch) written.reject(error);
      }
    }
    writing = false;
  }

  return (item) => {
    const written = Promise.withResolvers<void>();
    waiting.push({ item, written });
    if (!writing) void run();
    return written.promise;
  };
}
