import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeTlsIdentity } from '../../whatsapp-sandbox/src/media/certificate.ts';

const HOST = 'web.whatsapp.com';
/** As strict as the real page in what matters here: no connection elsewhere, no HTML out of text. */
const POLICY = "default-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

export interface WhatsAppWeb {
  port: number;
  /** URLs that were asked for. */
  requests: string[];
  close(): Promise<void>;
}

/** A page that a browser takes for WhatsApp Web when that host leads here. */
export async function serveWhatsAppWeb(): Promise<WhatsAppWeb> {
  const requests: string[] = [];
  const server = createServer(makeTlsIdentity(HOST, Date.now()), (request, response) => {
    requests.push(request.url ?? '');
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(
      '<!doctype html><html lang="en"><title>WhatsApp Web</title><body>WhatsApp Web</body></html>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
