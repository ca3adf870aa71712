// How a CLIP or SigLIP wants its pictures, from its preprocessor_config.json or processor_config.json. What cannot be followed is
// refused by field; without either file it is as CLIP was published.

import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { flag, parseConfig, readJsonObject, whole } from '../config.ts';
import type { FilterName } from './resample.ts';

/** Mean and deviation of each channel over CLIP's training pictures (Radford et al., 2021; the published constants). */
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_DEVIATION = [0.26862954, 0.26130258, 0.27577711];

export interface Preprocessing {
  /** Of the square that the tower sees, cut from the centre. */
  readonly side: number;
  /** What pictures are resized to first: the shorter side, the other in proportion, or both sides. */
  readonly resize: number | { readonly width: number; readonly height: number };
  readonly filter: FilterName;
  /** What bytes are divided by before the mean is taken away. */
  readonly divisor: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** CLIP's own: shorter side to the tower's by bicubic resampling, centre crop, its mean and deviation. */
export function clipPreprocessing(side: number): Preprocessing {
  return { side, resize: side, filter: 'bicubic', divisor: 255, mean: CLIP_MEAN, deviation: CLIP_DEVIATION };
}

/** Whether it is CLIP's own for that side. */
export function isUsual(preprocessing: Preprocessing): boolean {
  return isDeepStrictEqual(preprocessing, clipPreprocessing(preprocessing.side));
}

/** Pillow's numbers of its filters. */
const FILTERS: readonly (FilterName | undefined)[] = [undefined, 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

const channels = z.array(z.number(), { error: 'three numbers' }).length(3, { error: 'three numbers' });
const edges = z.looseObject({
  shortest_edge: whole(1, 16384).nullish(),
  longest_edge: z.null({ error: 'null: it is not built here' }).optional(),
  max_height: z.null({ error: 'null: it is not built here' }).optional(),
  max_width: z.null({ error: 'null: it is not built here' }).optional(),
  height: whole(1, 16384).nullish(),
  width: whole(1, 16384).nullish(),
});

const schema = z.object({
  image_processor_type: z.string().nullish(),
  do_resize: z.literal(true, { error: 'true: pictures come in all sizes' }).nullish(),
  size: z.union([whole(1, 16384), edges]).nullish(),
  resample: z
    .int()
    .refine((value) => FILTERS[value], { error: "1 to 5, one of Pillow's filters" })
    .nullish(),
  do_center_crop: flag().nullish(),
  crop_size: z.union([whole(1, 16384), edges]).nullish(),
  do_rescale: flag().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: flag().nullish(),
  image_mean: channels.nullish(),
  image_std: channels.refine((values) => values.every((value) => value > 0), { error: 'numbers above 0' }).nullish(),
  do_pad: z.literal(false, { error: 'false: padding is not built here' }).nullish(),
});

/** A publisher's processor: its name, and what it does where a config leaves out how. */
export interface Processor {
  readonly name: string;
  readonly crops: boolean;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const CLIP_PROCESSOR: Processor = {
  name: 'CLIPImageProcessor',
  crops: true,
  mean: CLIP_MEAN,
  deviation: CLIP_DEVIATION,
};

const HALVES = [0.5, 0.5, 0.5];

/** SigLIP's resizes both sides, crops nothing, and brings bytes to −1 … 1. */
export const SIGLIP_PROCESSOR: Processor = {
  name: 'SiglipImageProcessor',
  crops: false,
  mean: HALVES,
  deviation: HALVES,
};

/**
 * The preprocessing of a folder whose vision tower sees squares of `side` pixels.
 *
 * @param processor the one that the model was published with; default CLIP's
 * @throws CollimateError MODEL_CONFIG naming the field that is out of range or cannot be followed.
 */
export function loadPreprocessing(folder: string, side: number, processor = CLIP_PROCESSOR): Preprocessing {
  const found = findFields(folder);
  return toPreprocessing(found?.fields ?? {}, side, found?.file ?? folder, processor);
}

/** transformers 5 keeps the fields within processor_config.json, which comes first. */
function findFields(folder: string): { file: string; fields: Record<string, unknown> } | undefined {
  const [combined, alone] = ['processor_config.json', 'preprocessor_config.json'].map((name) => `${folder}/${name}`);
  const inner = existsSync(combined!) ? readJsonObject(combined!).image_processor : undefined;
  if (typeof inner === 'object' && inner !== null)
    return { file: `${combined}: image_processor`, fields: inner as Record<string, unknown> };
  return existsSync(alone!) ? { file: alone!, fields: readJsonObject(alone!) } : undefined;
}

function toPreprocessing(
  fields: Record<string, unknown>,
  side: number,
  file: string,
  processor: Processor,
): Preprocessing {
  const config = parseConfig(schema, fields, file);
  const refuse = (field: string, expected: string) =>
    new CollimateError(
      'MODEL_CONFIG',
      `${file}: ${field}: expected ${expected}, got ${JSON.stringify(fields[field]) ?? 'nothing'}`,
      'Use the preprocessor_config.json that the model was published with.',
    );
  // Named with and without "Image", "Fast" or "Feature extractor" in different years.
  const kind = processor.name.replace('ImageProcessor', '');
  if (config.image_processor_type && !config.image_processor_type.startsWith(kind))
    throw refuse('image_processor_type', `${processor.name}, which this model was published with`);
  const crops = config.do_center_crop ?? processor.crops;
  const crop = crops ? bothSides(config.crop_size ?? side) : undefined;
  if (crops && (crop?.width !== side || crop.height !== side))
    throw refuse('crop_size', `${side}×${side}, which is what the vision tower sees`);
  const resize = resizeTo(config.size ?? (processor.crops ? side : { height: side, width: side }));
  const least = typeof resize === 'number' ? resize : resize && Math.min(resize.width, resize.height);
  if (resize === undefined || least === undefined) throw refuse('size', 'shortest_edge, or height and width');
  if (least < side) throw refuse('size', `at least the ${side} pixels that are cut out`);
  if (!crops && (typeof resize === 'number' || resize.width !== side || resize.height !== side))
    throw refuse('size', `height and width of ${side}, where nothing is cropped (do_center_crop: false)`);
  const factor = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  const normalises = config.do_normalize ?? true;
  return {
    side,
    resize,
    filter: FILTERS[config.resample ?? 3]!,
    // 1/255 as files write it.
    divisor: Math.abs(factor * 255 - 1) < 1e-9 ? 255 : 1 / factor,
    mean: normalises ? (config.image_mean ?? processor.mean) : [0, 0, 0],
    deviation: normalises ? (config.image_std ?? processor.deviation) : [1, 1, 1],
  };
}

type Size = number | z.infer<typeof edges>;

function bothSides(size: Size): { width: number; height: number } | undefined {
  if (typeof size === 'number') return { width: size, height: size };
  return size.height && size.width ? { width: size.width, height: size.height } : undefined;
}

/** Old files write one number, which was always the shorter side. */
function resizeTo(size: Size): Preprocessing['resize'] | undefined {
  if (typeof size === 'number') return size;
  return size.shortest_edge ?? bothSides(size);
}
