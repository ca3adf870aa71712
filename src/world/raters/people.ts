// Simulated raters that err like people. What is hard to see is where they go wrong: a picture that the judge is hardly sure
// of, many subjects, one of four parts that is not right. Each has a bias, to say good or to say bad, and a taste: one part
// of a prompt that matters less to them. An empty place is bad to all.

import { random } from '../../util/random.ts';
import { JUDGE_HEADS } from '../judge/classes.ts';
import { answerFor } from '../judge/judge.ts';
import type { Seen, ShownImage, SimulatedAnswer, SimulatedRater } from '../world.ts';
import { hesitate } from './raters.ts';

/**
 * How far an easy picture is from the line between good and bad, in standard deviations of what raters feel, and what
 * makes it nearer. Set so that pairs of raters agree as people do on such questions, κ of 0.4 to 0.7, on 300 pictures of
 * the base model (docs/pretraining.md).
 */
const EASY = 3.3;
const NEARER = {
  /** By how unsure the judge is of the least sure part, 0 to ½. */
  doubt: 4,
  /** For each subject above two. */
  clutter: 0.2,
  /** For each part that a prompt names beyond two. */
  words: 0.15,
  /** Where a single part is wrong, and further where it is a count by one. */
  oneWrong: 0.35,
  offByOne: 0.3,
  /** Where that part is the one that the rater cares little for. */
  taste: 0.7,
};
/** Standard deviation of raters' biases. */
const BIAS = 0.35;
/** How often a picture that is not to be read is given up; else it is taken for bad, hesitantly. */
const GIVES_UP = 0.3;

/** A rater's answer about an image; it depends on the rater, their seed and the image alone. */
export function rateLikePeople(rater: SimulatedRater, { id, asked, seen }: ShownImage): SimulatedAnswer {
  const rng = random(rater.seed, 'answer', rater.id, id);
  const [skips, givesUp, lapses] = [rng.uniform() < rater.skipRate, rng.uniform() < GIVES_UP, rng.uniform()];
  const truth = answerFor(asked, seen);
  const own = random(rater.seed, 'rater-character', rater.id);
  const bias = BIAS * own.normal();
  const careless = own.pick(JUDGE_HEADS);
  const distance = EASY - hardness(asked, seen, careless);
  const felt = (truth === 'good' ? distance : -distance) + bias + rng.normal();
  const looked = felt > 0 ? 'good' : 'bad';
  const other = looked === 'good' ? 'bad' : 'good';
  const unclear = truth === 'unclear';
  const answer = skips || (unclear && givesUp) ? 'skip' : lapses < rater.errorRate ? other : looked;
  return { answer, milliseconds: hesitate(rng, unclear ? 1.8 : 1 + Math.max(0, 1.5 - distance) / 2) };
}

function hardness(
  asked: ShownImage['asked'],
  { parts, confidence }: Pick<Seen, 'parts' | 'confidence'>,
  careless: string,
): number {
  if (parts.count === 0) return 0;
  const named = JUDGE_HEADS.filter((head) => asked[head] !== undefined);
  const wrong = named.filter((head) => parts[head] !== null && parts[head] !== asked[head]);
  const doubt = Math.max(...named.map((head) => Math.min(0.5, 1 - confidence[head]!)));
  const clutter = Math.max(0, Number(parts.count ?? asked.count) - 2);
  const near = wrong.length === 1 ? wrong[0]! : undefined;
  const offByOne = near === 'count' && Math.abs(Number(parts.count) - Number(asked.count)) === 1;
  return (
    NEARER.doubt * doubt +
    NEARER.clutter * clutter +
    NEARER.words * Math.max(0, named.length - 2) +
    (near === undefined ? 0 : NEARER.oneWrong) +
    (offByOne ? NEARER.offByOne : 0) +
    (near === careless ? NEARER.taste : 0)
  );
}
