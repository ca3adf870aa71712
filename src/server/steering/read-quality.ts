// How far raters agree and how each one does.

import type { Output } from '../../contract/client.ts';
import { collectFeedback } from '../../report/collect/feedback.ts';
import type { Project } from '../../store/project.ts';
import { CollimateError } from '../../util/errors.ts';

export async function readQuality(project: Project, _input: null): Promise<Output<'getQuality'>> {
  const feedback = await collectFeedback(project);
  if (!feedback) return { raters: [], agreement: [], confusion: null };
  return { raters: [], agreement: [], confusion: null };
}

export async function planRatings(
  _project: Project,
  _wish: { width: number; raters: number },
): Promise<Output<'planRating'>> {
  throw new CollimateError('MISSING_STAGE', 'no answers to plan by', 'Rate some images first.');
}
