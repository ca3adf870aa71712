// A trained reward function as one ONNX file, pixels and token ids to scores, with a description of how to make these. Who
// uses it needs ONNX Runtime and nothing of ours.

import { dirname, join } from 'node:path';
import { cast, constant } from '../../engine/graph/functions.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { bindParams, type ParamSpec } from '../../engine/nn/params.ts';
import { toBytes } from '../../engine/onnx/model.ts';
import { narrowFloat16 } from '../../engine/weights/half.ts';
import { openParameters } from '../../engine/weights/read-weights.ts';
import { type Float32Tensor, type TensorSource, toFloat32 } from '../../engine/weights/tensor.ts';
import { normalize } from '../../models/clip/clip.ts';
import { isUsual, type Preprocessing } from '../../models/clip/preprocessing.ts';
import { readEncoder } from '../../models/encoders/encoders.ts';
import { type ClipPrecision, hashClip } from '../../models/inference/clip.ts';
import { quantizeLayers } from '../../models/inference/quantize.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { formatBytes } from '../../util/text.ts';
import { openRewardModel } from './model.ts';
import { resolveEncoder } from './score-images.ts';
import { scoreUnitEmbeddings } from './scorer.ts';

export interface RewardExport {
  readonly rewardHash: string;
  readonly clipHash: string;
  readonly model: string;
  /** Beside the model: sizes, normalisation, vocabulary. */
  readonly description: string;
  readonly bytes: number;
}

/**
 * Writes `out`, a graph from `pixels` float32 [batch, 3, S, S] and `ids` int64 [batch, T] to `score` float32 [batch], and
 * beside it `.json` with everything that pixels and ids are made by. Weights of half precision stay so; the project's
 * `clipPrecision` holds here too.
 *
 * @param options.most bytes of weights that a file may hold
 * @throws CollimateError MISSING_STAGE without a reward function, MISMATCH where it learned on another CLIP, CONFIG where the file would
 * be too large, before anything is made; DISK_FULL.
 */
export async function exportReward(
  project: Project,
  out: string,
  { rewardHash, batch = 1, most = ONNX_BYTES }: { rewardHash?: string; batch?: number; most?: number } = {},
): Promise<RewardExport> {
  if (!out.endsWith('.onnx'))
    throw new CollimateError(
      'USAGE',
      `reward export: expected a file name ending in .onnx, got ${out}`,
      'Give --out reward.onnx.',
    );
  const { clipPrecision: precision } = project.config;
  if (precision === 'int8' && batch > 1)
    throw new CollimateError(
      'USAGE',
      'reward export: with clipPrecision int8 one picture is scored at a time, since what is rounded together would depend on each other',
      'Leave --batch out.',
    );
  const folder = resolveEncoder(project);
  const reward = await openRewardModel(project, rewardHash);
  const source = openParameters(folder);
  try {
    const encoder = readEncoder(folder);
    const { preprocessing, channels, side, tokenizer } = encoder;
    const clipHash = await hashClip(folder, preprocessing, precision);
    if (clipHash !== reward.config.encoderHash)
      throw new CollimateError(
        'MISMATCH',
        `reward export: ${reward.hash.slice(0, 12)} learned on another CLIP than ${folder}`,
        'Set clip in collimate.yaml to the model that it was trained with.',
      );
    checkSize(source, encoder.declare(), { precision, most });
    const pixels = input('pixels', [batch, channels, side, side]);
    const ids = input('ids', [batch, tokenizer.maxLength], 'int64');
    const plain = bindParams(({ name, shape }) => frozen(source, name, shape));
    const p = precision === 'int8' ? quantizeLayers(source)(plain) : plain;
    const image = normalize(encoder.image(p, pixels));
    const prompt = normalize(encoder.text(p, ids));
    const head = bindParams(({ name, shape }) => {
      const { data } = reward.parameters.get(name) as Float32Tensor;
      return constant(data, shape);
    });
    const bytes = toBytes({ score: scoreUnitEmbeddings(head, image, prompt, reward.config) });
    const path = out.replace(/\.onnx$/, '.json');
    const { fields, files = {} } = encoder.describeIds();
    const description = { pixels: describePixels(preprocessing), ids: fields };
    for (const [name, content] of Object.entries(files)) writeFileAtomic(join(dirname(out), name), content);
    writeFileAtomic(
      path,
      `${JSON.stringify({ reward: reward.hash, clip: clipHash, batch, ...description }, null, 1)}\n`,
    );
    writeFileAtomic(out, bytes);
    return { rewardHash: reward.hash, clipHash, model: out, description: path, bytes: bytes.length };
  } finally {
    source.close();
    await reward.dispose();
  }
}

/** A protobuf holds less than 2 GiB; graph and names take their part. */
const ONNX_BYTES = 2 ** 31 - 2 ** 24;

/** Refuses a file that could not be written, by the shapes of its weights alone. */
function checkSize(
  source: TensorSource,
  specs: readonly ParamSpec[],
  { precision, most }: { readonly precision: ClipPrecision; readonly most: number },
): void {
  // With int8 matrices are bytes, and all but a hundredth of the weights are in matrices.
  const bytesOf = (name: string) => (precision === 'int8' ? 1 : source.dtype(name) === 'F16' ? 2 : 4);
  const bytes = specs.reduce((sum, { name, shape }) => sum + (source.has(name) ? bytesOf(name) * sizeOf(shape) : 0), 0);
  if (bytes <= most) return;
  throw new CollimateError(
    'CONFIG',
    `reward export: this CLIP takes ${formatBytes(bytes)} in an ONNX file, which holds less than ${formatBytes(most)}`,
    'Store its weights as float16, or set clipPrecision to int8 and train the reward function again; the largest fit in neither.',
  );
}

/** A weight as a constant of the precision that it is stored in. */
function frozen(source: TensorSource, name: string, shape: readonly number[]): Tensor {
  const { data } = toFloat32(name, source.read(name));
  if (source.dtype(name) !== 'F16') return constant(data, shape);
  return cast(constant(narrowFloat16(data), shape, 'float16'), 'float32');
}

/** How a picture becomes `pixels`, for those who run the file. */
function describePixels(preprocessing: Preprocessing) {
  const { side, resize, filter, divisor, mean, deviation } = preprocessing;
  const usual = isUsual(preprocessing);
  const shorter = `shorter side to ${usual ? '`side`' : resize}`;
  const to = typeof resize === 'number' ? shorter : `resized to ${resize.width}×${resize.height}`;
  const steps = `${to} by ${filter} resampling, centre crop, value / ${divisor}, − mean, / deviation; [batch, channel, row, column]`;
  return usual ? { side, steps, mean, deviation } : { side, steps, resize, filter, divisor, mean, deviation };
}
