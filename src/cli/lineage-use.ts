// `collimate lineage` asked from the other end: of a model, a reward function, or a prompt.

import { findModelFolder } from '../method/models.ts';
import { hashModelAside } from '../models/inference/painter.ts';
import { listModels } from '../project/images/models.ts';
import { findPrompt, promptId } from '../project/images/prompts.ts';
import {
  type DrawnCount,
  type ModelUse,
  type PromptUse,
  type RewardUse,
  readModelUse,
  readPromptUse,
  readRewardUse,
} from '../project/learning/lineage-use.ts';
import { listRewardModels } from '../project/learning/rewards.ts';
import type { Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';
import { describeModel, describeSlots, labelMethod, short } from './lineage-model.ts';

/** One thing that a reference means: as JSON, and as text. */
export interface LineageAnswer {
  readonly data: object;
  readonly text: string;
}

/** The models, reward functions and prompts that are meant; none where nothing is. */
export async function findUses(project: Project, reference: string): Promise<LineageAnswer[]> {
  const { db } = project;
  const isHash = /^[0-9a-f]{4,64}$/.test(reference);
  const starting = (rows: readonly { hash: string }[]) =>
    isHash ? rows.map(({ hash }) => hash).filter((hash) => hash.startsWith(reference)) : [];
  const folder = findModelFolder(project.dir, reference);
  const models = folder === undefined ? starting(await listModels(db)) : [await hashModelAside(folder)];
  const uses = await Promise.all(models.map((hash) => readModelUse(db, hash)));
  if (folder !== undefined && !uses[0]) throw unknownModel(folder, models[0]!);
  const rewards = await Promise.all(starting(await listRewardModels(db)).map((hash) => readRewardUse(db, hash)));
  const prompt = await findPrompt(db, promptId(reference));
  return [
    ...uses.flatMap((use) => (use ? [{ data: use, text: describeModelUse(use) }] : [])),
    ...rewards.flatMap((use) => (use ? [{ data: use, text: describeRewardUse(use) }] : [])),
    ...(prompt ? [await readPromptUse(db, prompt)].map((use) => ({ data: use, text: describePromptUse(use) })) : []),
  ];
}

function unknownModel(folder: string, hash: string): CollimateError {
  return new CollimateError(
    'USAGE',
    `${folder} holds the model ${short(hash)}, which no run of this project made and none drew with`,
    'If tuning made it here, its files were changed: `collimate check` compares them with what was recorded.',
  );
}

function describeModelUse({ model, learned, drew, children }: ModelUse): string {
  return [
    ...describeModel(model, 'model     '),
    ...learned.map(({ runId, images }) =>
      images > 0
        ? `learned    by ${runId} from ${plural(images, 'image')}`
        : `learned    by ${runId} from images that were not recorded`,
    ),
    ...describeDrawn(drew, ({ purpose }) => `for ${purpose}`),
    ...children.map(({ hash, path }) => `led to     ${short(hash)} at ${path}, tuned from it`),
  ].join('\n');
}

function describeDrawn(drawn: readonly DrawnCount[], what: (count: DrawnCount) => string): string[] {
  if (drawn.length === 0) return ['drew       nothing that is stored'];
  return drawn.map((count) => `drew       ${plural(count.images, 'image')} ${what(count)}`);
}

function describeRewardUse({ reward, scored, steered }: RewardUse): string {
  const { train, validation } = reward.examples;
  return [
    `reward     ${short(reward.hash)}, labels by ${labelMethod(reward.config)}, data ${short(reward.dataHash)}`,
    `taught     by ${plural(train, 'rated image')}, checked by ${validation}`,
    `scored     ${plural(scored, 'image')}`,
    ...(steered.length === 0 ? ['steered    nothing'] : []),
    ...steered.map(({ runId, step, modelHash }) => `steered    ${runId} step ${step}, which made ${short(modelHash)}`),
  ].join('\n');
}

function describePromptUse({ prompt, drawn, answers }: PromptUse): string {
  const given = Object.entries(answers).map(([answer, count]) => `${count} ${answer}`);
  return [
    `prompt     "${prompt.text}" (${prompt.category}, ${prompt.split}; ${describeSlots(prompt.slots)})`,
    ...describeDrawn(drawn, ({ purpose, modelHash }) => `for ${purpose} by ${short(modelHash)}`),
    `rated      ${given.length > 0 ? given.join(', ') : 'by nobody'}`,
  ].join('\n');
}
