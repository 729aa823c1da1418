/**
 * Preloaded (`node --import`) into the processes that a test starts, with a pipe as their standard input: they end with
 * the process of the test, however it ended. Without it a test that fails at a bad moment leaves a sandbox behind,
 * which keeps the output of the run open, and the run never ends.
 */
process.stdin.once('end', () => process.exit()).resume();

// biome-ignore lint/suspicious/noExplicitAny: the types know standard input only as a stream; a pipe is a socket
(process.stdin as any).unref();

export {};
