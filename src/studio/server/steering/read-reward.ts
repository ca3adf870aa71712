// The reward function's figures, and the rated images on which it is most wrong.

import { collectEvaluation } from '../../../judging/report/collect/evaluation.ts';
import { collectReward } from '../../../judging/report/collect/reward.ts';
import { findHeadlineGroup } from '../../../judging/report/reward-headline.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import { listRewardExamples, readRewards } from '../../../project/learning/rewards.ts';
import type { Project } from '../../../project/project.ts';
import { listLabelledImages } from '../../../project/rating/ratings.ts';
import type { Output } from '../../contract/client.ts';

const WORST = 24;

export async function readReward(project: Project, _input: null): Promise<Output<'getReward'>> {
  const reward = await collectReward(project, await collectEvaluation(project));
  if (!reward) return { reward: null, worst: [] };
  const { calibration: _readings, heldOut: _raters, edits: _edits, words: _words, ...shown } = reward;
  const headline = findHeadlineGroup(shown.groups) ?? null;
  return {
    reward: { ...shown, headline } as Output<'getReward'>['reward'],
    worst: await listWorst(project, reward.hash),
  };
}

async function listWorst({ db }: Project, rewardHash: string): Promise<Output<'getReward'>['worst']> {
  const scores = await readRewards(db, rewardHash);
  const parts = new Map((await listRewardExamples(db, rewardHash)).map(({ imageId, part }) => [imageId, part]));
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const scored = (await listLabelledImages(db)).flatMap((image) => {
    const score = scores.get(image.imageId);
    return score === undefined ? [] : [{ ...image, score, miss: Math.abs(score - image.label) }];
  });
  return scored
    .sort((a, b) => b.miss - a.miss || (a.imageId < b.imageId ? -1 : 1))
    .slice(0, WORST)
    .map(({ imageId, hash, promptId, score, good, bad, label }) => ({
      id: imageId,
      hash,
      prompt: prompts.get(promptId)!.text,
      category: prompts.get(promptId)!.category,
      score,
      good,
      bad,
      label,
      part: parts.get(imageId) ?? 'other',
    }));
}
