// What the gallery can be narrowed by.

import { countImages, readRewardRange } from '../../../project/images/gallery.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import { findLatestRewardModel } from '../../../project/learning/rewards.ts';
import type { Project } from '../../../project/project.ts';
import type { Output } from '../../contract/client.ts';

export async function readFilters({ db }: Project, _input: null): Promise<Output<'getImageFilters'>> {
  const counts = await countImages(db);
  const prompts = await listPrompts(db);
  const drawn = new Map(counts.byPrompt.map(({ value, images }) => [value, images]));
  const categories = new Map<string, number>();
  for (const { id, category } of prompts)
    categories.set(category, (categories.get(category) ?? 0) + (drawn.get(id) ?? 0));
  const checkpoints = await listCheckpoints(db);
  const nameOf = (hash: string) => {
    const made = checkpoints.find(({ modelHash }) => modelHash === hash);
    return made ? `${String(made.config.name ?? 'tuned')}, step ${made.step}` : 'base';
  };
  const reward = await findLatestRewardModel(db);
  const slot = (name: string) => [...new Set(prompts.map(({ slots }) => slots[name]).filter((value) => value != null))];
  return {
    total: counts.total,
    categories: [...categories].map(([value, images]) => ({ value, images })).filter(({ images }) => images > 0),
    purposes: counts.byPurpose,
    models: counts.byModel.map(({ value, images }) => ({ hash: value, name: nameOf(value), images })),
    slots: {
      count: slot('count')
        .map(Number)
        .sort((a, b) => a - b),
      color: slot('color').map(String).sort(),
      subject: slot('subject').map(String).sort(),
      background: slot('background').map(String).sort(),
    },
    reward: (reward && (await readRewardRange(db, reward.hash))) ?? null,
  };
}
