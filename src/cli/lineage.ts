// `collimate lineage <image>`: how an image came to be, what was thought of it, and what it taught.

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { OUTSIDE, readParameters } from '../method/feedback/own-images.ts';
import type { Continued } from '../method/tuning/more-steps.ts';
import { describeOrigins, type OriginCounts } from '../method/tuning/sources.ts';
import { findImages } from '../project/images/images.ts';
import { findImagesOfFile } from '../project/images/pixel-hashes.ts';
import { type ImageLineage, type ModelLineage, readImageLineage } from '../project/learning/lineage.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<image>', 'a picture file, or the beginning of its hash or of the identifier of an image')
    .action(async (reference: string) => {
      const lineages = await withProject(context, command, async (project) => {
        const { db, images: files } = project;
        const images = existsSync(reference)
          ? await findImagesOfFile(project, reference)
          : await findImages(db, reference);
        return Promise.all(
          images.map(async (image) => ({
            ...(await readImageLineage(db, image)),
            parameters: readParameters(files, image.hash),
          })),
        );
      });
      if (lineages.length === 0) {
        throw new CollimateError(
          'USAGE',
          `no image of this project is ${reference}`,
          'Give a picture of the project, or at least 4 digits of its hash.',
        );
      }
      context.print(lineages, lineages.map(describeLineage).join('\n\n'));
    });
  addConfigFlags(command, []);
  addExamples(command, ['lineage images/ab/abcdef….png', 'lineage abcdef12 --json']);
}

const short = (hash: string) => hash.slice(0, 12);

function describeLineage({
  image,
  names,
  prompt,
  model,
  ratings,
  rewards,
  taught,
  learned,
  parameters,
}: ImageLineage & { parameters: string | null }): string {
  const lines = [
    `image      ${image.id} (file ${short(image.hash)}), drawn ${image.createdAt} for ${image.purpose}`,
    ...(names.length > 0 ? [`came as    ${names.join(', ')}`] : []),
    `prompt     "${prompt.text}" (${prompt.category}, ${prompt.split}; ${describeSlots(prompt.slots)})`,
    `drawn by   seed ${image.seed}, ${image.sampler}, ${image.steps} steps, guidance ${image.guidanceScale}${image.width ? `, ${image.width}×${image.height}` : ''}${image.negativePrompt ? `, away from "${image.negativePrompt}"` : ''}`,
    ...(model.path === OUTSIDE.path && parameters !== null
      ? [`file says  ${parameters.replaceAll('\n', `\n${' '.repeat(11)}`)}`]
      : []),
    ...describeModel(model, 'model     '),
  ];
  for (const { rater, answer, ratedAt, milliseconds, guideline } of ratings) {
    const excluded = rater.excluded ? ', excluded' : '';
    lines.push(
      `rated      ${answer} by ${rater.name} (${rater.kind}${excluded}) at ${ratedAt} in ${milliseconds} ms, guideline ${guideline.version}`,
    );
  }
  if (ratings.length === 0) lines.push('rated      by nobody');
  for (const { rewardHash, score } of rewards) lines.push(`reward     ${formatNumber(score)} by ${short(rewardHash)}`);
  for (const { rewardHash, part, tuned } of taught) {
    const steered =
      tuned.length > 0 ? `, which steered ${tuned.map(({ runId, step }) => `${runId} step ${step}`).join(', ')}` : '';
    lines.push(`taught     reward ${short(rewardHash)} (${part})${steered}`);
  }
  for (const { runId, weight, tuned } of learned) {
    const steps = tuned.length > 0 ? ` (steps ${tuned.map(({ step }) => step).join(', ')})` : '';
    lines.push(`learned    by ${runId} with weight ${formatNumber(weight)}${steps}`);
  }
  return lines.join('\n');
}

/** Whose images a run learned from; of older runs, the model's own. */
function describeImages(config: Record<string, unknown>): string {
  const origins = config.origins as OriginCounts | undefined;
  return origins ? `, ${describeOrigins(origins)}` : '';
}

function describeContinued({ continues }: Record<string, unknown>): string {
  const before = continues as Continued | undefined;
  return before ? `, going on with ${before.runId} from step ${before.step}` : '';
}

/** How its labels were made of answers; before there was a choice, by majority. */
function labelMethod(config: Record<string, unknown>): string {
  return (config.reward as { labels?: string } | undefined)?.labels ?? 'majority';
}

function describeSlots(slots: Record<string, unknown>): string {
  return Object.entries(slots)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function describeModel(model: ModelLineage, label: string): string[] {
  const lines = [`${label} ${short(model.hash)} (${model.kind}) at ${model.path}`];
  for (const { runId, step, reward, dataHash, config } of model.checkpoints) {
    lines.push(
      `           step ${step} of ${runId} on data ${short(dataHash)}${describeImages(config)}${describeContinued(config)}`,
    );
    if (!reward) continue;
    const { train, validation } = reward.examples;
    lines.push(
      `           with reward ${short(reward.hash)}, taught by ${train} rated images and checked by ${validation} (labels by ${labelMethod(reward.config)}, data ${short(reward.dataHash)})`,
    );
  }
  return model.parent ? [...lines, ...describeModel(model.parent, 'tuned from')] : lines;
}
