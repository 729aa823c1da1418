import type { proto } from 'baileys';
import type { Marks } from './marks.ts';

export interface ShownButton {
  /** `quick_reply`, `cta_url`, `single_select`, … */
  flow: string;
  params: Record<string, unknown>;
}

export interface ShownPanel {
  title: string | undefined;
  subtitle: string | undefined;
  body: string;
  footer: string | undefined;
  buttons: ShownButton[];
  /** Kind of the file in the header; the file itself is among the message's attachments. */
  file: 'image' | 'video' | 'document' | undefined;
}

export interface ShownInteractive extends ShownPanel {
  /** Of the native flow. */
  version: number | undefined;
  /** Cards of a carousel. */
  cards?: ShownPanel[];
}

/** What a button needs to be drawn. */
const NEEDED: Record<string, string[]> = {
  quick_reply: ['display_text', 'id'],
  cta_url: ['display_text', 'url'],
  cta_call: ['display_text', 'phone_number'],
  cta_copy: ['display_text', 'copy_code'],
  single_select: ['title', 'sections'],
  galaxy_message: ['flow_cta', 'flow_message_version'],
  payment_info: ['currency', 'reference_id', 'total_amount', 'order', 'payment_settings'],
};

/** Payments have a name of their own in `<biz>`; everything else goes as `mixed`. */
const PAYMENT = 'payment_info';

/** An interactive message with its buttons; undefined when a phone would show its text alone. */
export function readInteractive(
  message: proto.Message.IInteractiveMessage,
  { flow, again }: Marks,
): ShownInteractive | undefined {
  const { nativeFlowMessage: native, carouselMessage: carousel } = message;
  const own = readPanel(message);
  const cards = carousel?.cards?.map(readPanel);
  if (!own || cards?.some((card) => card === undefined) || (!native && !cards?.length)) return undefined;
  const announced = own.buttons.every(({ flow: name }) => flow === (name === PAYMENT ? PAYMENT : 'mixed'));
  if (!again && (flow === undefined || !announced)) return undefined;
  const version = native?.messageVersion ?? carousel?.messageVersion ?? undefined;
  if (!version) return undefined;
  return { ...own, version, ...(cards && { cards: cards.filter((card) => card !== undefined) }) };
}

function readPanel(message: proto.Message.IInteractiveMessage): ShownPanel | undefined {
  const { header, body, footer, nativeFlowMessage: native } = message;
  const buttons = (native?.buttons ?? []).map(readButton);
  const file = fileIn(header);
  if (buttons.some((button) => button === undefined)) return undefined;
  if ((header?.hasMediaAttachment ?? false) !== (file !== undefined)) return undefined;
  return {
    title: header?.title ?? undefined,
    subtitle: header?.subtitle ?? undefined,
    body: body?.text ?? '',
    footer: footer?.text ?? undefined,
    buttons: buttons.filter((button) => button !== undefined),
    file,
  };
}

function fileIn(header: proto.Message.InteractiveMessage.IHeader | null | undefined): ShownPanel['file'] {
  if (header?.imageMessage) return 'image';
  if (header?.videoMessage) return 'video';
  return header?.documentMessage ? 'document' : undefined;
}

function readButton({
  name,
  buttonParamsJson,
}: proto.Message.InteractiveMessage.NativeFlowMessage.INativeFlowButton): ShownButton | undefined {
  const needed = NEEDED[name ?? ''];
  const params = parse(buttonParamsJson ?? '');
  if (!name || !needed || !params || needed.some((key) => params[key] === undefined)) return undefined;
  return { flow: name, params };
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // a client does not draw what it cannot read
  }
}
