// The judge: what a picture of the world shows, by a classifier that has seen renders only, and whether that is what a
// prompt asks for. Simulated raters and evaluation ask it; the reward function never does.

import { fileURLToPath } from 'node:url';
import { softmax } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams, type Params, packParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { hashWeightsAside } from '../../engine/weights/hash.ts';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { sceneToTensor } from '../../pictures/image.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Asked, JudgeEngine, Seen, WorldAnswer, WorldJudge } from '../world.ts';
import { JUDGE_HEADS, type JudgeClasses, type JudgeHead, MORE, NONE, UNCLEAR } from './classes.ts';
import { JUDGE, type JudgeDesign } from './designs.ts';
import { FEATURE_WIDTH } from './network.ts';

const BATCH = 32;
/** An answer that is less likely than not is none. */
const LEAST_CONFIDENCE = 0.5;

/** The folder of a judge that ships with the package. */
function judgeFolder(name: string): string {
  return fileURLToPath(new URL(`../../../models/${name}`, import.meta.url));
}

/**
 * Opens a folder with a judge's weights, by default those that ship with the package.
 *
 * @throws CollimateError WEIGHTS where it does not hold them.
 */
export async function openJudge(
  dir?: string,
  options: JudgeEngine = {},
  design: JudgeDesign = JUDGE,
): Promise<WorldJudge> {
  const folder = dir ?? judgeFolder(design.folder);
  const build = (p: Params) => buildJudge(p, design);
  const specs = declareParams(build);
  const params = constantParams(specs, packParams(specs, readParameters(folder), folder));
  const program = await compile(build(params), options);
  const { size } = design.scenery;
  const values = 3 * size ** 2;
  return {
    hash: await hashWeightsAside(folder),
    tellsEmpty: design.classes.count.includes(NONE),
    async judge(images) {
      for (const image of images) checkSize(image, size);
      const seen: Seen[] = [];
      for (let start = 0; start < images.length; start += BATCH) {
        const batch = images.slice(start, start + BATCH);
        const pixels = new Float32Array(BATCH * values);
        batch.forEach((image, i) => void sceneToTensor(image, pixels, i * values));
        const results = await program.run({ pixels });
        const read = (name: string) => results[name]!.data as Float32Array;
        batch.forEach((_, i) => void seen.push(readSeen(read, i, design.classes)));
      }
      return seen;
    },
    dispose: () => program.dispose(),
  };
}

function buildJudge(p: Params, { network, classes, scenery: { size } }: JudgeDesign) {
  const { features, logits } = network(p, input('pixels', [BATCH, 3, size, size]), classes);
  const heads = Object.fromEntries(JUDGE_HEADS.map((head) => [head, softmax(logits[head])]));
  return { features, ...heads };
}

function readSeen(read: (name: string) => Float32Array, row: number, classes: JudgeClasses): Seen {
  const confidence = {} as Record<JudgeHead, number>;
  const chances = {} as Record<JudgeHead, Record<string, number>>;
  const answer = (head: JudgeHead): string | null => {
    const size = classes[head].length;
    const shares = read(head).subarray(row * size, (row + 1) * size);
    const best = shares.reduce((top, share, i) => (share > shares[top]! ? i : top), 0);
    confidence[head] = shares[best]!;
    chances[head] = Object.fromEntries(classes[head].map((name, i) => [name, shares[i]!]));
    const name = classes[head][best]!;
    return name === UNCLEAR || shares[best]! < LEAST_CONFIDENCE ? null : name;
  };
  const parts = {
    count: countOf(answer('count'), classes),
    color: answer('color'),
    subject: answer('subject'),
    background: answer('background'),
  };
  const features = read('features').slice(row * FEATURE_WIDTH, (row + 1) * FEATURE_WIDTH);
  return { features, parts, confidence, chances };
}

/** The number of a class; of more than the world has words for, one more than its largest. */
function countOf(answer: string | null, { count }: JudgeClasses): number | null {
  if (answer === null) return null;
  if (answer === NONE) return 0;
  return answer === MORE ? Math.max(...count.map(Number).filter(Number.isFinite)) + 1 : Number(answer);
}

/** How likely each part must be as it is asked for to say good, and below what chance of one to say bad; between them nothing is said. */
export interface Surety {
  readonly good: number;
  readonly bad: number;
}

/**
 * Whether a picture shows what is asked for: `bad` as soon as a part that is named is clearly another, else `unclear`
 * where such a part is unclear, else `good`. With a surety, what is clear is told by the chances of what is asked for, where
 * the judge says them.
 *
 * @throws CollimateError USAGE where no part is named: any picture would do.
 * @example
 * answerFor({ count: 2, subject: 'dog' }, seen); // 'bad' where the judge saw three dogs
 */
export function answerFor(
  asked: Asked,
  { parts, chances }: Pick<Seen, 'parts' | 'chances'>,
  surety?: Surety,
): WorldAnswer {
  const named = JUDGE_HEADS.filter((head) => asked[head] !== undefined);
  if (named.length === 0)
    throw new CollimateError(
      'USAGE',
      'judge: expected a prompt of the embedded world, got one that names none of its parts',
      'Ask `world.read(prompt)` first; what it does not know is for people to judge.',
    );
  const answers = named.map((head) =>
    surety && chances?.[head]
      ? tellByChance(chances[head], `${asked[head]}`, surety)
      : tellByName(parts[head] ?? null, asked[head]),
  );
  return answers.find((answer) => answer === 'bad') ?? answers.find((answer) => answer === 'unclear') ?? 'good';
}

const tellByName = (part: string | number | null, asked: unknown): WorldAnswer =>
  part === null ? 'unclear' : part === asked ? 'good' : 'bad';

function tellByChance(chances: Readonly<Record<string, number>>, asked: string, { good, bad }: Surety): WorldAnswer {
  const chance = chances[asked] ?? 0;
  if (chance >= good) return 'good';
  return chance < bad && (chances[UNCLEAR] ?? 0) < LEAST_CONFIDENCE ? 'bad' : 'unclear';
}

function checkSize(image: Uint8Array, size: number): void {
  const values = 3 * size ** 2;
  if (image.length === values) return;
  throw new CollimateError(
    'SHAPE',
    `judge: expected a picture of ${size}×${size} RGB pixels, ${values} bytes, got ${image.length}`,
    'The judge knows the embedded world only; pictures of other models are rated by people.',
  );
}
