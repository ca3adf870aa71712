// `collimate lineage`: how an image came to be, what was thought of it, and what it taught; and back, from a model, reward
// function or prompt to its images.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { OUTSIDE, readDrawnWith } from '../method/feedback/own-images.ts';
import { findImages } from '../project/images/images.ts';
import { findImagesOfFile } from '../project/images/pixel-hashes.ts';
import { type ImageLineage, readImageLineage } from '../project/learning/lineage.ts';
import type { Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { describeModel, describeSlots, short } from './lineage-model.ts';
import { findUses, type LineageAnswer } from './lineage-use.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument(
      '<what>',
      'a picture file, a model’s folder or name in models/, a prompt’s text, or the beginning of the hash of an image, model or reward function',
    )
    .action(async (reference: string) => {
      const answers = await withProject(context, command, async (project) => [
        ...(await findImageAnswers(project, reference)),
        ...(await findUses(project, reference)),
      ]);
      if (answers.length === 0) {
        throw new CollimateError(
          'USAGE',
          `no image, model, reward function or prompt of this project is ${reference}`,
          'Give a picture of the project, the name of a model, the whole text of a prompt, or at least 4 digits of a hash.',
        );
      }
      context.print(
        answers.map(({ data }) => data),
        answers.map(({ text }) => text).join('\n\n'),
      );
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'lineage images/ab/abcdef….png',
    'lineage abcdef12 --json',
    'lineage tuned',
    'lineage "two green dogs in a city"',
  ]);
}

async function findImageAnswers(project: Project, reference: string): Promise<LineageAnswer[]> {
  const { db, images: files } = project;
  const file = [resolve(reference), resolve(project.dir, reference)].find(
    (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  );
  const images = file === undefined ? await findImages(db, reference) : await findImagesOfFile(project, file);
  return Promise.all(
    images.map(async (image) => {
      const data = { ...(await readImageLineage(db, image)), parameters: await readDrawnWith(files, image.hash) };
      return { data, text: describeLineage(data) };
    }),
  );
}

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
    `drawn by   seed ${image.seed}, ${image.sampler}, ${plural(image.steps, 'step')}, guidance ${image.guidanceScale}${image.width ? `, ${image.width}×${image.height}` : ''}${image.precision === 'float32' ? '' : `, ${image.precision}`}${image.vaeTile ? `, decoded in tiles of ${image.vaeTile}` : ''}${image.negativePrompt ? `, away from "${image.negativePrompt}"` : ''}`,
    ...(model.path === OUTSIDE.path && parameters !== null
      ? [`file says  ${parameters.replaceAll('\n', `\n${' '.repeat(11)}`)}`]
      : []),
    ...describeModel(model, 'model     '),
  ];
  for (const { rater, answer, ratedAt, milliseconds, guideline } of ratings) {
    const excluded = rater.excluded ? ', excluded' : '';
    lines.push(
      `rated      ${answer} by ${rater.name} (${rater.kind}${excluded}) at ${ratedAt}${milliseconds > 0 ? ` in ${milliseconds} ms` : ''}, guideline ${guideline.version}`,
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
