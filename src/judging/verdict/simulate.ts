// Simulated raters answer a pair study of the embedded world, through the same doors as people: blind pairs in, answers out.

import type { Session } from '../../method/session.ts';
import { requireWorld } from '../../method/session.ts';
import { decodePng } from '../../pictures/image.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { listRaters, putRater } from '../../project/rating/raters.ts';
import { listStudyPairs, type Study } from '../../project/studies/studies.ts';
import { recordStudyAnswers } from '../../project/studies/study-answers.ts';
import { type BlindPair, nextStudyPairs } from '../../project/studies/study-presentations.ts';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Asked, Seen, SimulatedPairRater, World, WorldJudge } from '../../world/world.ts';
import { requireAllKnown } from '../evaluation/known-prompts.ts';
import { requireWorldSize } from '../evaluation/measure.ts';

export interface SimulateOptions {
  /** Folder of the judge's weights; by default the judge of the package. */
  readonly judge?: string;
  /** How many raters there are; default as many as see each pair. */
  readonly raters?: number;
}

/** Pairs asked for at once. */
const BATCH = 64;

/**
 * Has simulated raters answer whatever pairs are open; returns how many answers they gave. Stopped, it goes on from there.
 *
 * @throws CollimateError MISMATCH where the pictures are not the embedded world's, USAGE where some prompts are not, CONFIG where raters of these names have
 * answered with other noise.
 */
export async function simulateStudy(session: Session, study: Study, options: SimulateOptions = {}): Promise<number> {
  const { project, progress, signal } = session;
  const { db } = project;
  const world = requireWorld(session, 'evaluate human --simulate');
  const pairs = new Set((await listStudyPairs(db, study.id)).map(({ promptId }) => promptId));
  const prompts = (await listPrompts(db)).filter(({ id }) => pairs.has(id));
  requireAllKnown(world, prompts);
  const judge = await world.openJudge({}, options.judge);
  try {
    const raters = world.makePairRaters(options.raters ?? study.ratersPerPair, study.seed);
    await storeRaters(session, raters, judge.hash);
    const asked = new Map(prompts.map((prompt) => [prompt.text, world.read(prompt)]));
    const look = lookAt(world, judge, project.images.getBlob);
    progress.stage(`study ${study.name}: simulated raters`, raters.length);
    let recorded = 0;
    for (const [i, rater] of raters.entries()) {
      for (;;) {
        throwIfInterrupted(signal);
        const pairs = await nextStudyPairs(db, { study: study.id, raterId: rater.id, count: BATCH });
        if (pairs.length === 0) break;
        const seen = await look(pairs.flatMap(({ left, right }) => [left, right]));
        const answers = pairs.flatMap((pair) => answerAll(world, rater, pair, asked.get(pair.prompt)!, seen));
        recorded += (await recordStudyAnswers(db, { study: study.id, raterId: rater.id, answers })).recorded;
      }
      progress.tick(i + 1);
    }
    progress.done();
    return recorded;
  } finally {
    await judge.dispose();
  }
}

function answerAll(
  world: World,
  rater: SimulatedPairRater,
  { pairId, left, right, questions }: BlindPair,
  asked: Asked,
  seen: ReadonlyMap<string, Seen>,
) {
  return questions.map((question) => ({
    pairId,
    question,
    clientId: `${rater.id}/${pairId}/${question}`,
    ...world.comparePair(rater, { pairId, question, asked, left: seen.get(left)!, right: seen.get(right)! }),
  }));
}

/** Judges images by their hashes, each once. */
function lookAt(world: World, judge: WorldJudge, read: (hash: string) => Promise<Uint8Array>) {
  const known = new Map<string, Seen>();
  return async (hashes: readonly string[]): Promise<ReadonlyMap<string, Seen>> => {
    const missing = [...new Set(hashes)].filter((hash) => !known.has(hash));
    const pictures = await Promise.all(missing.map(async (hash) => decodePng(await read(hash))));
    for (const picture of pictures) requireWorldSize(picture, world);
    const seen = await judge.judge(pictures.map(({ rgb }) => rgb));
    missing.forEach((hash, i) => void known.set(hash, seen[i]!));
    return known;
  };
}

async function storeRaters(
  { project: { db } }: Session,
  raters: readonly SimulatedPairRater[],
  judge: string,
): Promise<void> {
  const known = new Map((await listRaters(db)).map((rater) => [rater.id, rater.settings]));
  for (const { id, name, ...rates } of raters) {
    const settings = { ...rates, judge };
    const before = known.get(id);
    if (before === undefined) await putRater(db, { id, name, kind: 'simulated', settings });
    else if (Object.entries(rates).some(([key, value]) => before[key] !== value))
      throw new CollimateError(
        'CONFIG',
        `study: ${name} has answered with another seed or noise`,
        'Set seed back, or make the study in a new project.',
      );
  }
}
