// What the method and its judging know of a world: an interface, and no line of any world's code. A project with a real
// model has none, and people take the place of its judge and raters.

import type { Random } from '../util/random.ts';

/** What is said of a picture and its prompt. */
export type WorldAnswer = 'good' | 'bad' | 'unclear';

/** A prompt as projects store it. */
export interface WorldPrompt {
  readonly text: string;
  readonly slots: Readonly<Record<string, unknown>>;
}

/** What a prompt asks for by the names of the world's parts, such as `{ count: 2, subject: 'dog' }`; never empty. */
export type Asked = Readonly<Record<string, unknown>>;

/** What a judge sees in a picture. */
export interface Seen {
  /** What Fréchet distance and diversity are measured on. */
  readonly features: Float32Array;
  /** By the name of each of the world's parts; null is unclear, and a count of 0 says that nothing is there. */
  readonly parts: Readonly<Record<string, string | number | null>>;
  /** The probability of each part's answer, 0 to 1, also where it is "unclear". */
  readonly confidence: Readonly<Record<string, number>>;
  /** The probability of each answer, by part and name; absent from a judge that does not tell. */
  readonly chances?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Eyes that know the world's pictures, apart from the reward function. */
export interface WorldJudge {
  /** SHA-256 of the judge's files. */
  readonly hash: string;
  /** Whether it tells an empty place from one that is not to be read. */
  readonly tellsEmpty: boolean;
  /** What each picture shows; RGB bytes of the world's size. @throws CollimateError SHAPE */
  judge(images: readonly Uint8Array[]): Promise<Seen[]>;
  dispose(): Promise<void>;
}

/** Where a judge's network runs. */
export interface JudgeEngine {
  readonly provider?: 'cpu' | 'cuda' | 'coreml' | 'dml' | 'webgpu';
  readonly threads?: number;
}

/** A simulated rater of single pictures. */
export interface SimulatedRater {
  readonly id: string;
  readonly name: string;
  /** Share of good and bad that this rater swaps, 0 to 0.5. */
  readonly errorRate: number;
  /** Share of images that this rater skips for no reason of the image's, 0 to 0.9. */
  readonly skipRate: number;
  readonly seed: number;
}

export interface SimulatedAnswer {
  readonly answer: 'good' | 'bad' | 'skip';
  /** Time taken, with the long tail of people's. */
  readonly milliseconds: number;
}

/** An image as a rater has it before them. */
export interface ShownImage {
  readonly id: string;
  readonly asked: Asked;
  readonly seen: Pick<Seen, 'parts' | 'confidence'>;
}

/** What raters of a world are made from; the ranges are of each rater's own rate. */
export interface RaterSettings {
  readonly seed: number;
  readonly label: {
    readonly raters: number;
    readonly errorRate: readonly [number, number];
    readonly skipRate: readonly [number, number];
  };
}

/** A simulated rater of pairs. */
export interface SimulatedPairRater {
  readonly id: string;
  readonly name: string;
  /** Standard deviation of what is felt of a difference, on the scale of shares of parts that are right. */
  readonly noise: number;
  /** Differences felt smaller than this are a tie. */
  readonly tieBelow: number;
  /** Share of answers given without looking. */
  readonly lapse: number;
  readonly seed: number;
}

export interface SimulatedPairAnswer {
  readonly answer: 'left' | 'right' | 'tie';
  readonly milliseconds: number;
}

/** Two pictures of one prompt, and what is asked about them. */
export interface SeenPair {
  readonly pairId: string;
  readonly question: 'alignment' | 'fidelity';
  readonly asked: Asked;
  readonly left: Seen;
  readonly right: Seen;
}

/** A picture with a caption, as pre-training has them. */
export interface WorldPair {
  readonly caption: string;
  /** The picture's identity, for caches. */
  readonly key: string;
  /** RGB bytes of the world's size. */
  picture(): Uint8Array;
}

/** Two sets of pictures of one prompt, side by side, and what is asked about them. */
export interface SeenSets {
  readonly pairId: string;
  readonly question: SeenPair['question'];
  readonly asked: Asked;
  readonly left: readonly Seen[];
  readonly right: readonly Seen[];
}

export interface World {
  /** As `world` of the configuration names it. */
  readonly name: string;
  /** Of all its pictures, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** What a prompt may name of a picture, such as `count`. */
  readonly parts: readonly string[];
  /** What a prompt asks for, by its slots, else by its text; undefined where the world has no such things. */
  read(prompt: WorldPrompt): Asked | undefined;
  /**
   * The judge with whose eyes simulated raters see.
   *
   * @param dir folder of the judge's weights, by default those that ship with the package
   */
  openJudge(engine?: JudgeEngine, dir?: string): Promise<WorldJudge>;
  /** Another judge, of which no rater and so no reward knows: it evaluates. Absent where the world has one alone. */
  openEvaluator?(engine?: JudgeEngine): Promise<WorldJudge>;
  /** Whether a picture shows what is asked for. */
  answer(asked: Asked, seen: Pick<Seen, 'parts' | 'chances'>): WorldAnswer;
  /** A perfect picture of what is asked for; the rest is drawn from `rng`. */
  render(asked: Asked, rng: Random): Uint8Array;
  /** Pre-training pair `i` of each seed, a function of both; held-out prompts are never captions. */
  pairs(count: number, rngOf: (i: number) => Random): WorldPair[];
  makeRaters(settings: RaterSettings): SimulatedRater[];
  /** A rater's answer; it depends on the rater, their seed and the image alone. */
  rate(rater: SimulatedRater, image: ShownImage): SimulatedAnswer;
  makePairRaters(count: number, seed: number): SimulatedPairRater[];
  comparePair(rater: SimulatedPairRater, pair: SeenPair): SimulatedPairAnswer;
  /** As `comparePair`, of sets as wholes: each is as good as its pictures are on average. */
  compareSets(rater: SimulatedPairRater, sets: SeenSets): SimulatedPairAnswer;
}

/** Whether pictures of a size are such as the world's judge can look at. */
export function fitsWorld({ size }: World, picture: { readonly width: number; readonly height: number }): boolean {
  return picture.width === size.width && picture.height === size.height;
}
