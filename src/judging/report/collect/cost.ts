// What the run took: images, answers, and time where the store tells it.

import { cpus, totalmem } from 'node:os';
import type { ImagePurpose } from '../../../project/database/schema.ts';
import { listImages } from '../../../project/images/images.ts';
import type { Project } from '../../../project/project.ts';
import { listRaters } from '../../../project/rating/raters.ts';
import { listRatings } from '../../../project/rating/ratings.ts';
import { listStudies } from '../../../project/studies/studies.ts';
import { listStudyVotes } from '../../../project/studies/study-votes.ts';
import { formatBytes } from '../../../util/text.ts';
import type { CostData } from '../data.ts';

const PURPOSES = ['feedback', 'sample', 'evaluation', 'geneval'] as const satisfies readonly ImagePurpose[];
const STAGES = [
  { purpose: 'feedback', stage: 'drawing for feedback' },
  { purpose: 'evaluation', stage: 'drawing for evaluation' },
] as const satisfies readonly { purpose: ImagePurpose; stage: string }[];
/** A longer gap between two batches is a pause. */
const LONGEST_GAP_S = 600;

export async function collectCost({ db }: Project, extra: CostData['seconds']): Promise<CostData> {
  const images = await listImages(db);
  const ofPurpose = (purpose: ImagePurpose) => images.filter((image) => image.purpose === purpose);
  const drawing = STAGES.map(({ purpose, stage }) => ({
    stage,
    seconds: workingSeconds(ofPurpose(purpose).map(({ createdAt }) => createdAt)),
  }));
  const [cpu] = cpus();
  const ratings = await listRatings(db);
  const votes = (await Promise.all((await listStudies(db)).map(({ id }) => listStudyVotes(db, id)))).flat();
  const kinds = new Map((await listRaters(db)).map(({ id, kind }) => [id, kind]));
  const secondsOf = (kind: 'human' | 'simulated') =>
    [...ratings, ...votes].reduce(
      (sum, { raterId, milliseconds }) => sum + (kinds.get(raterId) === kind ? milliseconds / 1000 : 0),
      0,
    );
  return {
    images: PURPOSES.map((purpose) => ({ purpose, count: ofPurpose(purpose).length })).filter(({ count }) => count > 0),
    ratings: ratings.length,
    pairAnswers: votes.length,
    raterSeconds: { human: secondsOf('human'), simulated: secondsOf('simulated') },
    seconds: [...drawing, ...extra].filter(({ seconds }) => seconds >= 1),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${formatBytes(totalmem())}, Node ${process.versions.node}`,
  };
}

/** The time between the first and the last of times (ISO 8601) without the gaps that are pauses. */
export function workingSeconds(times: readonly string[]): number {
  const sorted = [...new Set(times)].map((time) => Date.parse(time) / 1000).sort((a, b) => a - b);
  return sorted.reduce((sum, time, i) => {
    const gap = i === 0 ? 0 : time - sorted[i - 1]!;
    return gap > LONGEST_GAP_S ? sum : sum + gap;
  }, 0);
}
