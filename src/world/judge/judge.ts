// The judge: what a picture of the world shows, by a classifier that has seen renders only, and whether that is what a
// prompt asks for. Simulated raters and evaluation ask it; the reward function never does.

import { fileURLToPath } from 'node:url';
import { softmax } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams, type Params, packParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { hashWeights } from '../../engine/weights/hash.ts';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { sceneToTensor } from '../../pictures/image.ts';
import { COUNTS } from '../../project/prompts/grammar.ts';
import { CollimateError } from '../../util/errors.ts';
import { SIZE } from '../scenes/canvas.ts';
import type { Asked, JudgeEngine, Seen, WorldAnswer, WorldJudge } from '../world.ts';
import { FEATURE_WIDTH, JUDGE_CLASSES, JUDGE_HEADS, type JudgeHead, judgeNetwork } from './network.ts';

const BATCH = 32;
const PIXELS = 3 * SIZE * SIZE;
/** An answer that is less likely than not is none. */
const LEAST_CONFIDENCE = 0.5;

/**
 * Opens a folder with the judge's weights, by default the one that ships with the package.
 *
 * @throws CollimateError WEIGHTS where it does not hold them.
 */
export async function openJudge(
  dir = fileURLToPath(new URL('../../../models/judge', import.meta.url)),
  options: JudgeEngine = {},
): Promise<WorldJudge> {
  const specs = declareParams(buildJudge);
  const params = constantParams(specs, packParams(specs, readParameters(dir), dir));
  const program = await compile(buildJudge(params), options);
  return {
    hash: hashWeights(dir),
    async judge(images) {
      for (const image of images) checkSize(image);
      const seen: Seen[] = [];
      for (let start = 0; start < images.length; start += BATCH) {
        const batch = images.slice(start, start + BATCH);
        const pixels = new Float32Array(BATCH * PIXELS);
        batch.forEach((image, i) => void sceneToTensor(image, pixels, i * PIXELS));
        const results = await program.run({ pixels });
        const read = (name: string) => results[name]!.data as Float32Array;
        batch.forEach((_, i) => void seen.push(readSeen(read, i)));
      }
      return seen;
    },
    dispose: () => program.dispose(),
  };
}

function buildJudge(p: Params) {
  const { features, logits } = judgeNetwork(p, input('pixels', [BATCH, 3, SIZE, SIZE]));
  const heads = Object.fromEntries(JUDGE_HEADS.map((head) => [head, softmax(logits[head])]));
  return { features, ...heads };
}

function readSeen(read: (name: string) => Float32Array, row: number): Seen {
  const confidence = {} as Record<JudgeHead, number>;
  const answer = (head: JudgeHead): number | null => {
    const size = JUDGE_CLASSES[head].length + 1;
    const shares = read(head).subarray(row * size, (row + 1) * size);
    const best = shares.reduce((top, share, i) => (share > shares[top]! ? i : top), 0);
    confidence[head] = shares[best]!;
    return best === size - 1 || shares[best]! < LEAST_CONFIDENCE ? null : best;
  };
  const nameOf = (head: Exclude<JudgeHead, 'count'>): string | null => {
    const best = answer(head);
    return best === null ? null : JUDGE_CLASSES[head][best]!;
  };
  const count = answer('count');
  const parts = {
    count: count === null ? null : COUNTS[count]!,
    color: nameOf('color'),
    subject: nameOf('subject'),
    background: nameOf('background'),
  };
  const features = read('features').slice(row * FEATURE_WIDTH, (row + 1) * FEATURE_WIDTH);
  return { features, parts, confidence };
}

/**
 * Whether a picture shows what is asked for: `bad` as soon as a part that is named is clearly another, else `unclear`
 * where such a part is unclear, else `good`.
 *
 * @throws CollimateError USAGE where no part is named: any picture would do.
 * @example
 * answerFor({ count: 2, subject: 'dog' }, seen); // 'bad' where the judge saw three dogs
 */
export function answerFor(asked: Asked, { parts }: Pick<Seen, 'parts'>): WorldAnswer {
  const named = JUDGE_HEADS.filter((head) => asked[head] !== undefined);
  if (named.length === 0)
    throw new CollimateError(
      'USAGE',
      'judge: expected a prompt of the embedded world, got one that names none of its parts',
      'Ask `world.read(prompt)` first; what it does not know is for people to judge.',
    );
  if (named.some((head) => parts[head] !== null && parts[head] !== asked[head])) return 'bad';
  return named.some((head) => parts[head] === null) ? 'unclear' : 'good';
}

function checkSize(image: Uint8Array): void {
  if (image.length === PIXELS) return;
  throw new CollimateError(
    'SHAPE',
    `judge: expected a picture of ${SIZE}×${SIZE} RGB pixels, ${PIXELS} bytes, got ${image.length}`,
    'The judge knows the embedded world only; pictures of other models are rated by people.',
  );
}
