// The config beside a network that the user supplies: which ONNX file, how pictures become its input, what comes out.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { FileTensor } from '../../engine/runtime/node/model-file.ts';
import { type RgbImage, resizeBicubic } from '../../models/clip/resample.ts';
import { CollimateError } from '../../util/errors.ts';
import { describeIssues } from '../../util/issue-words.ts';

/** How a picture becomes the input: resized (Pillow's bicubic), `(v / 255 − mean) / std` by channel unless it takes bytes. */
export const inputSchema = z.strictObject({
  name: z.string().min(1),
  width: z.int().positive().max(8192),
  height: z.int().positive().max(8192),
  layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
  type: z.enum(['float32', 'uint8']).default('float32'),
  channels: z.enum(['RGB', 'BGR']).default('RGB'),
  mean: z.tuple([z.number(), z.number(), z.number()]).default([0, 0, 0]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).default([1, 1, 1]),
  /** `stretch` fills the input whatever the picture's shape; `pad` keeps the shape, in the corner at the top left, on gray. */
  fit: z.enum(['stretch', 'pad']).default('stretch'),
});

export type NetworkInput = z.infer<typeof inputSchema>;

/** Features for a Fréchet distance: `{ "model": "inception.onnx", "name": …, "input": {…}, "output": "features" }`. */
export const featureConfigSchema = z.strictObject({
  model: z.string().min(1),
  /** What reports call the features. */
  name: z.string().min(1),
  input: inputSchema,
  /** Name of an output [1, D], or of one that has D values. */
  output: z.string().min(1),
});

const outputName = z.string().min(1);

/** A detector: `decode` says what its outputs mean. */
export const detectorConfigSchema = z.strictObject({
  model: z.string().min(1),
  name: z.string().min(1),
  input: inputSchema,
  /** Names of the classes in the order of the network. */
  classes: z.array(z.string().min(1)).min(1),
  decode: z.discriminatedUnion('type', [
    /** [1, 4 + C, N] or [1, N, 4 + C], or 5 + C with objectness: centre, width and height in pixels of the input. */
    z.strictObject({ type: z.literal('yolo'), output: outputName }),
    /** logits [1, N, C or C + 1] and boxes [1, N, 4] as centre, width and height from 0 to 1. */
    z.strictObject({
      type: z.literal('detr'),
      logits: outputName,
      boxes: outputName,
      activation: z.enum(['softmax', 'sigmoid']).default('softmax'),
    }),
    /** boxes [N, 4] as left, top, right, bottom; scores [N]; labels [N] that count from `firstLabel`. */
    z.strictObject({
      type: z.literal('boxes'),
      boxes: outputName,
      scores: outputName,
      labels: outputName,
      normalized: z.boolean().default(false),
      firstLabel: z.int().default(0),
    }),
  ]),
  /** GenEval's own: confidence for most tasks, for counting, boxes of a class at most, overlap above which one goes (1 keeps all). */
  threshold: z.number().min(0).max(1).default(0.3),
  countingThreshold: z.number().min(0).max(1).default(0.9),
  maxObjects: z.int().positive().default(16),
  maxOverlap: z.number().min(0).max(1).default(1),
});

export type DetectorConfig = z.infer<typeof detectorConfigSchema>;

/**
 * Reads a config; the model's path is taken from the config's folder.
 *
 * @throws CollimateError CONFIG where the file is missing, no JSON, or has a key that is wrong.
 */
export function readNetworkConfig<T extends { model: string }>(path: string, schema: z.ZodType<T>): T {
  const fail = (problem: string, cause?: unknown) =>
    new CollimateError('CONFIG', `${path}: ${problem}`, 'docs/evaluation.md shows such a config.', { cause });
  if (!existsSync(path)) throw fail('there is no such file');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw fail(`expected JSON, got something else (${(error as Error).message})`, error);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw fail(describeIssues(result.error.issues), result.error);
  return { ...result.data, model: resolve(dirname(path), result.data.model) };
}

export interface PreparedInput {
  readonly tensor: FileTensor;
  /** How many pixels of the input one of the picture is, along x and y. */
  readonly scale: readonly [x: number, y: number];
}

/** One picture as the input [1, 3, height, width] or [1, height, width, 3] of a network. */
export function prepareInput(picture: RgbImage, input: NetworkInput): PreparedInput {
  const { width, height, layout, type, channels, mean, std, fit } = input;
  const ratio = Math.min(width / picture.width, height / picture.height);
  const [w, h] =
    fit === 'stretch'
      ? [width, height]
      : [Math.max(1, Math.round(picture.width * ratio)), Math.max(1, Math.round(picture.height * ratio))];
  const resized = resizeBicubic(picture, w, h);
  const data = type === 'uint8' ? new Uint8Array(3 * width * height) : new Float32Array(3 * width * height);
  const plane = width * height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const source = channels === 'RGB' ? c : 2 - c;
        const byte = y < h && x < w ? resized.rgb[(y * w + x) * 3 + source]! : PAD;
        const at = layout === 'NCHW' ? c * plane + y * width + x : (y * width + x) * 3 + c;
        data[at] = type === 'uint8' ? byte : (byte / 255 - mean[c]!) / std[c]!;
      }
  const shape = layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3];
  return { tensor: { data, shape }, scale: [w / picture.width, h / picture.height] };
}

/** The gray that the YOLO family pads with. */
const PAD = 114;
