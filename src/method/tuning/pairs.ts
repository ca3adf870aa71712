// Pre-training pairs, the second term of the loss: rendered scenes with careless captions, or pictures and texts of a
// folder. A pair is a picture of the model's size and its caption; nothing here is encoded.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { countFits, type FitCount, type FitMode, type PictureSides } from '../../pictures/fit.ts';
import { decodeOutside, inspectOutside } from '../../pictures/outside.ts';
import { countRemarks, type PictureRemark, type PictureRemarks } from '../../pictures/remarks.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson, sha256 } from '../../util/hash.ts';
import { random } from '../../util/random.ts';
import { fitsWorld, type World } from '../../world/world.ts';
import { readFolderEntries } from './folder-entries.ts';

export interface PairSource {
  /** Of each pair. */
  readonly captions: readonly string[];
  /** The identity of each picture, for caches. */
  readonly keys: readonly string[];
  /** RGB bytes of picture `index` in the model's size. */
  picture(index: number): Promise<Uint8Array>;
  /** What the pairs are, in words. */
  readonly description: string;
  /** What of the folder is not used, with its reason. */
  readonly leftOut: readonly string[];
  /** What had to be done to the pictures that were read so far. */
  remarks(): PictureRemarks;
  /** How many of the pictures are of another size than the model's. */
  readonly fits: FitCount;
  /** The size of each picture as it is; none where all are of the model's. */
  readonly sizes?: readonly PictureSides[];
}

export interface PairOptions {
  /** `tune.pretrainData`: embedded, none, or a folder as seen from `projectDir`. */
  readonly data: string;
  readonly projectDir: string;
  /** Whose scenes `embedded` pairs are; null where there are none. */
  readonly world: World | null;
  /** Prompts that no stage may learn from. */
  readonly heldOut?: ReadonlySet<string>;
  /** How many pairs are kept ready. */
  readonly count: number;
  readonly seed: number;
  /** The size of the model's pictures. */
  readonly width: number;
  readonly height: number;
  /** How pictures of another size become the model's. */
  readonly fit: FitMode;
}

const NOTHING_TO_FIT: FitCount = { resized: 0, sizes: 0, reshaped: 0 };

/** @throws CollimateError CONFIG where the pairs do not fit the model, or the folder has none. */
export async function openPairs(options: PairOptions): Promise<PairSource> {
  if (options.data === 'none')
    return {
      captions: [],
      keys: [],
      picture: noPicture,
      description: 'none',
      leftOut: [],
      remarks: () => ({}),
      fits: NOTHING_TO_FIT,
    };
  return options.data === 'embedded' ? embeddedPairs(options) : folderPairs(options);
}

/** The identity of the pairs as data. */
export function hashPairs({ captions, keys }: PairSource): string {
  return hashJson(captions.map((caption, i) => [caption, keys[i]]));
}

function noPicture(): never {
  throw new CollimateError('CONFIG', 'pre-training pairs: there are none');
}

/** Pair `i` is a pure function of the seed and i; held-out prompts are never captions. */
function embeddedPairs({ world, count, seed, width, height }: PairOptions): PairSource {
  if (!world)
    throw new CollimateError(
      'CONFIG',
      'tune.pretrainData: embedded pairs are scenes of a world, and this project has none (world: none)',
      OTHER_PAIRS,
    );
  if (!fitsWorld(world, { width, height }))
    throw new CollimateError(
      'CONFIG',
      `tune.pretrainData: the embedded pairs are of ${world.size.width}×${world.size.height} pixels, this model draws ${width}×${height}`,
      OTHER_PAIRS,
    );
  const pairs = world.pairs(count, (i) => random(seed, 'tune', 'pair', i));
  return {
    captions: pairs.map(({ caption }) => caption),
    keys: pairs.map(({ key }) => key),
    picture: async (index) => pairs[index]!.picture(),
    description: `${count} rendered scenes with careless captions`,
    leftOut: [],
    remarks: () => ({}),
    fits: NOTHING_TO_FIT,
  };
}

const OTHER_PAIRS = 'Name a folder of pictures with a metadata.jsonl, or none, in tune.pretrainData.';

async function folderPairs({
  data,
  heldOut,
  projectDir,
  count,
  seed,
  width,
  height,
  fit,
}: PairOptions): Promise<PairSource> {
  const folder = resolve(projectDir, data);
  const { entries, leftOut } = await readFolderEntries(folder, heldOut);
  const order = random(seed, 'tune', 'pairs', 'choice').shuffle(entries.map((_, i) => i));
  const chosen = order.slice(0, count).map((i) => entries[i]!);
  const keys: string[] = [];
  const sizes: PictureSides[] = [];
  for (const { path } of chosen) {
    const { key, ...size } = await identify(path, { width, height }, fit);
    keys.push(key);
    sizes.push(size);
  }
  const remarks = new Map<number, readonly PictureRemark[]>();
  return {
    captions: chosen.map(({ text }) => text),
    keys,
    async picture(index) {
      const { path } = chosen[index]!;
      const { rgb, remarks: own } = await locatePicture(path, () =>
        decodeOutside(readPicture(path), { width, height }, fit),
      );
      remarks.set(index, own);
      return rgb;
    },
    description: `${chosen.length} of the ${entries.length} pairs in ${folder}`,
    leftOut,
    remarks: () => countRemarks(remarks.values()),
    fits: countFits(sizes, { width, height }),
    sizes,
  };
}

function readPicture(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CollimateError('CONFIG', `${path}: the picture cannot be read`, 'Restore the file or remove its line.', {
      cause,
    });
  }
}

/**
 * A picture's size, and its key. Latents of transparent pictures that were cached when they were not laid on white are not
 * taken for these; before there was a choice, pictures were cropped.
 */
async function identify(path: string, wanted: PictureSides, fit: FitMode): Promise<PictureSides & { key: string }> {
  const bytes = readPicture(path);
  const { mayBeTransparent, ...size } = await locatePicture(path, () => inspectOutside(bytes));
  const ground = mayBeTransparent ? ['on white'] : [];
  const fitted = fit === 'crop' ? [] : [fit];
  return { ...size, key: hashJson([sha256(bytes), wanted.width, wanted.height, ...ground, ...fitted]) };
}

async function locatePicture<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof CollimateError) || cause.code !== 'USAGE') throw cause;
    throw new CollimateError(
      'CONFIG',
      `${path}: ${cause.message}`,
      `${cause.hint} Replace the file, or remove its line from metadata.jsonl.`,
      { cause },
    );
  }
}
