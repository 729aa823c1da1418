import { z } from 'zod';
import { type Ffmpeg, ToolFailed, ToolMissing } from './tools.ts';

/** What ffprobe says of a film or a recording; nothing is known of what it cannot read, or without it. */
export interface Probed {
  /** Seconds, not rounded. */
  duration: number | undefined;
  width: number | undefined;
  height: number | undefined;
}

const positive = z.coerce.number().positive().optional().catch(undefined);
const answer = z.object({
  format: z.object({ duration: positive }).optional(),
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        width: positive,
        height: positive,
        duration: positive,
        side_data_list: z.array(z.object({ rotation: z.number().optional().catch(undefined) })).optional(),
      }),
    )
    .optional(),
});

const UNKNOWN: Probed = { duration: undefined, width: undefined, height: undefined };

export async function probe(tools: Pick<Ffmpeg, 'probe'>, path: string): Promise<Probed> {
  let said: z.output<typeof answer>;
  try {
    said = answer.parse(await tools.probe(path));
  } catch (error) {
    // Duration and size are a courtesy to the receiver: a file that is sent as it is goes out without them.
    if (error instanceof ToolMissing || error instanceof ToolFailed || error instanceof z.ZodError)
      return UNKNOWN;
    throw error;
  }
  const picture = said.streams?.find(({ codec_type }) => codec_type === 'video');
  const duration = said.format?.duration ?? said.streams?.find((stream) => stream.duration)?.duration;
  // A phone films upright by turning the picture; it is shown turned.
  const turned = picture?.side_data_list?.some(({ rotation }) => Math.abs(rotation ?? 0) % 180 === 90);
  const [width, height] = turned ? [picture?.height, picture?.width] : [picture?.width, picture?.height];
  return { duration, width, height };
}
