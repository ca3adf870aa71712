// How far raters agree, how each one does, and what more answers would bring.

import type { Output } from '../../contract/client.ts';
import { planQuality, readQuality as readProjectQuality } from '../../labels/quality.ts';
import type { Project } from '../../store/project.ts';

export async function readQuality({ db }: Project, _input: null): Promise<Output<'getQuality'>> {
  const { raters, agreement, confusion } = await readProjectQuality(db);
  return {
    raters: [...raters],
    agreement: [...agreement],
    confusion: confusion && { labels: [...confusion.labels], counts: confusion.counts.map((row) => [...row]) },
  };
}

export async function planRatings(
  { db }: Project,
  { width, raters }: { width: number; raters: number },
): Promise<Output<'planRating'>> {
  const { plans, basis } = await planQuality(db, { width, most: raters });
  return { plans: [...plans], basis };
}
