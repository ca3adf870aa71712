// The project's scorer as the weights of images, or the choice among them: for that numbers are enough, and an ONNX file gives them.

import { listPrompts } from '../../../project/images/prompts.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Session } from '../../session.ts';
import type { PromptedImage } from '../confidence.ts';
import { standardise } from '../cosine-head.ts';
import { openReadyScorer } from './ready.ts';

/**
 * `½ + (s − μ)/4σ` over these images, by image, so that most lie between 0 and 1 whatever the scorer's own scale.
 *
 * @throws CollimateError CONFIG where the project names no scorer, MODEL_CONFIG, WEIGHTS.
 */
export async function readScorer(session: Session, images: readonly PromptedImage[]): Promise<Map<string, number>> {
  const scorer = await openReadyScorer(session);
  if (!scorer)
    throw new CollimateError(
      'CONFIG',
      'tune.weights: scorer asks the scorer that reward.scorer names, and it names none',
      'Set reward.scorer (--reward-scorer) to a CLIP, a SigLIP or an ONNX file, or weigh by another reading, such as tune.weights: reward.',
    );
  try {
    const texts = new Map((await listPrompts(session.project.db)).map(({ id, text }) => [id, text]));
    const scores = await scorer.score(images.map(({ hash, promptId }) => ({ hash, text: texts.get(promptId)! })));
    const { mean, deviation } = standardise(scores, true);
    return new Map(images.map(({ id }, i) => [id, 0.5 + (scores[i]! - mean) / (4 * deviation)]));
  } finally {
    await scorer.dispose();
  }
}
