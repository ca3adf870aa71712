// `collimate remove`: models, prompts or pictures that are no longer wanted.

import { type Command, Option } from 'commander';
import { type Removed, removeChosenImages, removeChosenPrompts, removeModel } from '../method/remove.ts';
import { IMAGE_PURPOSES, type ImagePurpose } from '../project/database/schema.ts';
import type { Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { formatBytes, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

interface Options {
  category?: string;
  purpose?: ImagePurpose;
  drawnBy?: string;
  force?: boolean;
}

type Remover = (
  project: Project,
  names: readonly string[],
  options: Options,
) => Promise<{ data: object; text: string }>;

const REMOVERS: Readonly<Record<string, Remover>> = {
  async model(project, names) {
    if (names.length === 0) throw expected('the names of models');
    const removed = names.map((name) => removeModel(project, name));
    const freed = removed.reduce((sum, { bytes }) => sum + bytes, 0);
    const text = `Removed ${removed.map(({ path }) => path).join(', ')}: ${formatBytes(freed)}. Its pictures and figures stay.`;
    return { data: { models: removed }, text };
  },
  async prompts(project, names, { category, force = false }) {
    if (names.length === 0 && category === undefined) throw expected('prompts in quotes, or --category');
    const choice = { ...(names.length > 0 && { texts: names }), ...(category !== undefined && { category }) };
    const removed = await removeChosenPrompts(project, choice, force);
    return {
      data: removed,
      text: `${describe(removed)}\nPrompts that the grammar makes come back with the next generate.`,
    };
  },
  async images(project, names, { purpose, drawnBy, force = false }) {
    if (names.length === 0 && purpose === undefined && drawnBy === undefined)
      throw expected('the beginnings of hashes, --purpose or --drawn-by');
    const choice = {
      ...(names.length > 0 && { ids: names }),
      ...(purpose !== undefined && { purpose }),
      ...(drawnBy !== undefined && { model: drawnBy }),
    };
    const removed = await removeChosenImages(project, choice, force);
    return { data: removed, text: describe(removed) };
  },
};

export function register(command: Command, context: CliContext): void {
  command
    .argument('<what>', 'model, prompts or images')
    .argument('[names...]', 'names of models, prompts in quotes, or beginnings of hashes of pictures')
    .option('--category <name>', 'of prompts: all of a category')
    .addOption(new Option('--purpose <purpose>', 'of images: all that were drawn for it').choices(IMAGE_PURPOSES))
    .option('--drawn-by <hash>', 'of images: all of the model whose hash begins so')
    .option('--force', 'also remove answers, scores and pairs of studies that rest on them')
    .action(async (what: string, names: string[], options: Options) => {
      const remove = REMOVERS[what];
      if (!remove) throw expected('model, prompts or images', what);
      const { data, text } = await withStage(context, command, 'remove', ({ project }) =>
        remove(project, names, options),
      );
      context.print(data, text);
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'remove model second',
    'remove prompts "two red dogs" --force',
    'remove images --purpose evaluation',
  ]);
}

function expected(what: string, got?: string): CollimateError {
  return new CollimateError(
    'USAGE',
    `remove: expected ${what}, got ${got === undefined ? 'none' : JSON.stringify(got)}`,
    'See `collimate remove --help`; `collimate status` lists models.',
  );
}

function describe({ prompts, images, answers, taught, tuned, pairs, preferences, sheets }: Removed): string {
  const gone = [
    ...(prompts > 0 ? [plural(prompts, 'prompt')] : []),
    plural(images, 'picture'),
    ...(answers > 0 ? [plural(answers, 'answer')] : []),
    ...(taught > 0 ? [`${plural(taught, 'example')} of reward functions`] : []),
    ...(tuned > 0 ? [`${plural(tuned, 'example')} of tuning`] : []),
    ...(pairs > 0 ? [`${plural(pairs, 'pair')} of studies`] : []),
    ...(preferences > 0 ? [`${plural(preferences, 'pair')} that came as such`] : []),
    ...(sheets > 0 ? [`${plural(sheets, 'choice')} of the best of a sheet`] : []),
  ];
  return `Removed ${gone.join(', ')}.`;
}
