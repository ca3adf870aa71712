// A frozen encoder, CLIP or SigLIP: pictures and texts to vectors of length 1 in one space.

import { input } from '../../engine/graph/tensor.ts';
import { checkParameters } from '../../engine/weights/check-parameters.ts';
import { checkAllFinite } from '../../engine/weights/finite.ts';
import { hashWeightsAside } from '../../engine/weights/hash.ts';
import { openParameters } from '../../engine/weights/read-weights.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { normalize } from '../clip/clip.ts';
import { preprocessImage } from '../clip/preprocess.ts';
import { isUsual, type Preprocessing } from '../clip/preprocessing.ts';
import type { RgbImage } from '../clip/resample.ts';
import { LOGIT_SCALE, type PictureTextEncoder } from '../encoders/encoder.ts';
import { readEncoder } from '../encoders/encoders.ts';
import type { EngineOptions } from './device.ts';
import { inBatches, type Network, openNetwork } from './network.ts';
import { quantizeLayers } from './quantize.ts';

/** How a CLIP computes: `int8` has the matrices of its layers in whole numbers. */
export type ClipPrecision = 'float32' | 'int8';

export interface ClipOptions extends EngineOptions {
  /** Pictures or texts at once; default 32. With `int8` always 1: what is rounded together would depend on each other. */
  readonly batchSize?: number;
  /** Default `float32`. */
  readonly precision?: ClipPrecision;
}

export interface ClipEmbedder {
  /** SHA-256 of the model's files and the precision: the identity of the embeddings. */
  readonly encoderHash: string;
  /** Width of an embedding. */
  readonly width: number;
  /** Its folder, the hash of the files there, and the precision: what another machine needs to open the same one. */
  readonly source: { readonly dir: string; readonly hash: string; readonly precision: ClipPrecision };
  /** What cosines are multiplied by, `exp(logit_scale)`. */
  readonly logitScale: number;
  /** Projected embeddings of length 1, one a picture. */
  embedImages(pictures: readonly RgbImage[]): Promise<Float32Array[]>;
  /** Projected embeddings of length 1, one a text. */
  embedTexts(texts: readonly string[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/**
 * Opens a folder of a CLIP or SigLIP in the Hugging Face layout. Each tower is compiled when it is first asked for.
 *
 * @throws CollimateError MODEL_CONFIG or WEIGHTS where the folder does not hold a whole CLIP.
 */
export async function openClipEmbedder(
  clipDir: string,
  { batchSize: most = 32, precision = 'float32', ...engine }: ClipOptions = {},
): Promise<ClipEmbedder> {
  const batchSize = precision === 'int8' ? 1 : most;
  const encoder = readEncoder(clipDir);
  checkWeights(clipDir, encoder);
  const { width, side, channels, preprocessing, tokenizer } = encoder;
  const logitScale = readLogitScale(clipDir) ?? encoder.logitScale;
  const open: Network[] = [];
  const lazily = (build: Parameters<typeof openNetwork>[0]) => {
    let network: Promise<Network> | undefined;
    return async () => {
      network ??= openTower(build, clipDir, precision, engine).then((opened) => {
        open.push(opened);
        return opened;
      });
      return network;
    };
  };
  const imageTower = lazily((p) => {
    const pixels = input('pixels', [batchSize, channels, side, side]);
    return { embeds: normalize(encoder.image(p, pixels)) };
  });
  const textTower = lazily((p) => {
    const ids = input('ids', [batchSize, tokenizer.maxLength], 'int32');
    return { embeds: normalize(encoder.text(p, ids)) };
  });

  async function embed<T>(
    items: readonly T[],
    tower: typeof imageTower,
    feed: (batch: readonly T[]) => Parameters<Network['run']>[0],
  ) {
    const network = await tower();
    const rows: Float32Array[] = [];
    for (const { items: batch } of inBatches(items, batchSize)) {
      const { embeds } = await network.run(feed(batch));
      if (!embeds!.subarray(0, batch.length * width).every(Number.isFinite)) refuseBroken(clipDir);
      batch.forEach((_, i) => void rows.push(embeds!.slice(i * width, (i + 1) * width)));
    }
    return rows;
  }

  return {
    encoderHash: await hashClip(clipDir, preprocessing, precision),
    source: { dir: clipDir, hash: await hashWeightsAside(clipDir), precision },
    width,
    logitScale: Math.exp(logitScale),
    embedImages: (pictures) =>
      embed(pictures, imageTower, (batch) => {
        const pixels = new Float32Array(batchSize * channels * side * side);
        for (const [i, picture] of batch.entries())
          pixels.set(preprocessImage(picture, preprocessing), i * channels * side * side);
        return { pixels };
      }),
    embedTexts: (texts) =>
      embed(texts, textTower, (batch) => {
        const ids = new Int32Array(batchSize * tokenizer.maxLength);
        ids.set(tokenizer.encodeBatch(batch).ids);
        return { ids };
      }),
    async dispose() {
      await Promise.all(open.splice(0).map((network) => network.dispose()));
    },
  };
}

/** The identity of what a CLIP computes. Earlier releases prepared pictures for every CLIP alike, so others have a hash of their own. */
export async function hashClip(
  clipDir: string,
  preprocessing: Preprocessing,
  precision: ClipPrecision = 'float32',
): Promise<string> {
  const weights = await hashWeightsAside(clipDir);
  const own = [...(precision === 'float32' ? [] : [precision]), ...(isUsual(preprocessing) ? [] : [preprocessing])];
  return own.length === 0 ? weights : hashJson([weights, ...own]);
}

async function openTower(
  build: Parameters<typeof openNetwork>[0],
  clipDir: string,
  precision: ClipPrecision,
  engine: EngineOptions,
): Promise<Network> {
  if (precision === 'float32') return openNetwork(build, openParameters(clipDir), clipDir, engine);
  const matrices = openParameters(clipDir);
  try {
    const quantized = quantizeLayers(matrices);
    return await openNetwork((p) => build(quantized(p)), openParameters(clipDir), clipDir, engine);
  } finally {
    matrices.close();
  }
}

/** @throws CollimateError WEIGHTS that names the tensor which is not finite, else NON_FINITE. */
function refuseBroken(clipDir: string): never {
  const source = openParameters(clipDir);
  try {
    checkAllFinite(source);
  } finally {
    source.close();
  }
  throw new CollimateError(
    'NON_FINITE',
    `CLIP ${clipDir}: embeddings are no numbers, though all weights are finite`,
    'The weights do not belong to this config.json, or its training went astray: fetch the model again.',
  );
}

/** Where the factor of the similarities is not stored, the config's is taken. */
function checkWeights(clipDir: string, encoder: PictureTextEncoder): void {
  const source = openParameters(clipDir);
  try {
    const specs = encoder.declare().filter(({ name }) => !name.startsWith('logit_') || source.has(name));
    checkParameters(clipDir, source, specs);
  } finally {
    source.close();
  }
}

function readLogitScale(clipDir: string): number | undefined {
  const source = openParameters(clipDir);
  try {
    return source.has(LOGIT_SCALE) ? Number(source.read(LOGIT_SCALE).data[0]) : undefined;
  } finally {
    source.close();
  }
}
