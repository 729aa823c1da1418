import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';

const answers: Record<string, { line: string; text: string }> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    text: 'Request header fields too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { line: '408 Request Timeout', text: 'Request timed out' },
};

/** Answers bytes that are no HTTP request in the shape of every other error, and ends the connection. */
export function answerClientError(error: { code?: string | undefined }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { line, text } = answers[error.code ?? ''] ?? {
    line: '400 Bad Request',
    text: 'Malformed HTTP request',
  };
  const body = JSON.stringify({ success: false, error: { message: text } });
  const head = [
    `HTTP/1.1 ${line}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${randomUUID()}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
