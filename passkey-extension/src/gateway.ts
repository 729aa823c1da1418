import type { Handover } from './handover.ts';

/** What the gateway says of a ceremony, as far as the extension needs it. */
export interface Ceremony {
  status: 'none' | 'required' | 'verifying' | 'confirmation' | 'finishing';
  id: string | null;
  /** WebAuthn's `PublicKeyCredentialRequestOptionsJSON`. */
  publicKey: Record<string, unknown> | null;
  /** `XXXX-XXXX`, to be compared with the phone. */
  code: string | null;
  /** How it ended: `linked`, or the reason of its failure; null while it runs. */
  outcome: string | null;
}

/** One request of the three that exist. */
export type Call =
  | { name: 'options' }
  | { name: 'response'; id: string; credential: unknown }
  | { name: 'confirm'; id: string };

/** `ceremony` is null for calls that only say that they were taken. */
export type CallResult =
  | { ok: true; ceremony: Ceremony | null }
  /** `status`: of HTTP, or 0 when no answer came. `message`: the gateway's own text. */
  | { ok: false; status: number; message: string };

const DEADLINE_MS = 20_000;
const STATUSES = ['none', 'required', 'verifying', 'confirmation', 'finishing'] as const;
const MAX_TEXT = 300;

/** Makes one request to the gateway; never throws. Nothing of the browser goes along: no cookie, no referrer. */
export async function callGateway(
  { token, base }: Handover,
  call: Call,
  fetchLike: typeof fetch = fetch,
): Promise<CallResult> {
  const { name, ...body } = call;
  const post = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
  try {
    const response = await fetchLike(`${base}/passkey/${token}/${name}`, {
      ...(name === 'options' ? {} : post),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return readResult(response.status, await response.json(), name === 'options');
  } catch (error) {
    // No network, no answer in time, a redirect, or an answer that is no JSON: the person can try again.
    return { ok: false, status: 0, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads an answer; what has another form is a failure and not half a ceremony. */
export function readResult(status: number, body: unknown, wantsCeremony: boolean): CallResult {
  const { passkey, message } = asObject(body) ?? {};
  const text = typeof message === 'string' ? message.slice(0, MAX_TEXT) : '';
  if (status < 200 || status > 299) return { ok: false, status, message: text };
  if (!wantsCeremony) return { ok: true, ceremony: null };
  const ceremony = readCeremony(passkey);
  return ceremony ? { ok: true, ceremony } : { ok: false, status, message: text };
}

function readCeremony(value: unknown): Ceremony | null {
  const object = asObject(value);
  const status = STATUSES.find((each) => each === object?.status);
  if (!object || !status) return null;
  const ceremony = {
    status,
    id: textOf(object.id),
    publicKey: asObject(object.publicKey),
    code: textOf(object.code),
    outcome: textOf(object.outcome),
  };
  const complete = status !== 'required' || (ceremony.id && ceremony.publicKey);
  return complete ? ceremony : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : null;
}

function asObject(value: unknown): Record<string, unknown> | null {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value);
  return object ? (value as Record<string, unknown>) : null;
}
