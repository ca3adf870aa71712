// `collimate draw`: a picture of a prompt, to a file.

import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { drawPrompt, type PromptJob } from '../method/draw.ts';
import { withStrength } from '../method/lora-strength.ts';
import { findModels } from '../method/models.ts';
import { resolveModel } from '../models/inference/embedded.ts';
import { openPipeline } from '../models/pipeline.ts';
import { loadConfig } from '../project/config/config-load.ts';
import { findProjectDir } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags, DRAWING_KEYS, readConfigFlags } from './flags.ts';
import { numberBetween, wholeNumber } from './numbers.ts';
import { withProject } from './with-project.ts';

interface Options {
  model: string;
  out?: string;
  count: number;
  strength?: number;
  force?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('<prompt>', 'what to draw, in quotes')
    .option(
      '--model <name>',
      'what draws: base, tuned, checkpoint-<step>, NAME/checkpoint-<step>, a name in models/, or a model folder',
      'base',
    )
    .option('--out <file>', 'where to write the PNG; default the prompt and the seed, in this folder')
    .option('--count <number>', 'how many pictures, by this seed and the ones after it', wholeNumber(1, 1000), 1)
    .option(
      '--strength <factor>',
      'of a model that was tuned by a LoRA, how much of it: 1 as it was saved, 0 none, 2 twice as much',
      numberBetween(-100, 100),
    )
    .option('--force', 'write over a file that is there')
    .action(async (prompt: string, { model: name, out, count, strength, force = false }: Options) => {
      if (prompt.trim() === '')
        throw new CollimateError('USAGE', 'draw: expected a prompt, got none', 'Say in quotes what to draw.');
      const asked = { prompt, name, out, count, strength, force };
      const files = await (findProjectDir(context.options().project ?? '.')
        ? drawInProject(context, command, asked)
        : drawAnywhere(context, command, asked));
      context.print({ files }, files.map(({ path }) => path).join('\n'));
    });
  addConfigFlags(command, ['generate'], { only: [...DRAWING_KEYS, 'width', 'height'] });
  addExamples(command, [
    'draw "two green dogs in a city"',
    'draw "two green dogs in a city" --model tuned --seed 7 --count 4',
    'draw "two green dogs in a city" --model tuned --strength 2',
    'draw "a red fish" --num-inference-steps 30 --guidance-scale 5 --out fish.png',
  ]);
}

interface Asked {
  readonly prompt: string;
  readonly name: string;
  readonly out: string | undefined;
  readonly count: number;
  readonly strength: number | undefined;
  readonly force: boolean;
}

function drawInProject(context: CliContext, command: Command, asked: Asked) {
  return withProject(context, command, async (project) => {
    const { config } = project;
    const model = (await findModels(project, [asked.name])).at(-1)!;
    return writeAll(context, asked, { config, model });
  });
}

/** Without a project there is no tuned model, but any folder, and the one in the package. */
function drawAnywhere(context: CliContext, command: Command, asked: Asked) {
  const { config } = loadConfig({ env: context.env, flags: readConfigFlags(command) });
  const { name } = asked;
  if (name === 'tuned' || name.startsWith('checkpoint-'))
    throw new CollimateError(
      'USAGE',
      `draw: ${name} is a model of a project, and there is none here or above`,
      'Go to the project, name it with --project DIR, or name a model folder.',
    );
  return writeAll(context, asked, {
    config,
    model: {
      pipeline: openPipeline(resolveModel(name === 'base' ? config.model : name, process.cwd()), openOptions(config)),
    },
  });
}

/** The model as its text encoders were asked for. */
function openOptions({ textEncoders }: { readonly textEncoders: 'all' | 'clip' }) {
  return textEncoders === 'clip' ? { textEncoders } : {};
}

async function writeAll(
  context: CliContext,
  { prompt, name, out, count, strength, force }: Asked,
  { config, model }: Pick<PromptJob, 'model'> & { config: PromptJob['config'] & { seed: number } },
) {
  const files: { path: string; seed: number; width: number; height: number }[] = [];
  const job = { prompt, seed: config.seed, count, model: withStrength(model, strength), config };
  const paths = Array.from({ length: count }, (_, i) =>
    nameFile({ out, prompt, name, strength, seed: config.seed + i, several: count > 1 }),
  );
  const there = paths.filter((path) => existsSync(path));
  if (there.length > 0 && !force)
    throw new CollimateError(
      'USAGE',
      `draw: ${there[0]} is there already${there.length > 1 ? `, and ${there.length - 1} more of these files` : ''}`,
      'Name another file with --out, another --seed, or add --force to write over it.',
    );
  const progress = context.progress();
  for await (const { seed, width, height, png } of drawPrompt(job, { progress, signal: context.signal })) {
    const path = paths[seed - config.seed]!;
    writeFileAtomic(path, png);
    files.push({ path, seed, width, height });
  }
  return files;
}

function nameFile(file: {
  out: string | undefined;
  prompt: string;
  name: string;
  strength: number | undefined;
  seed: number;
  several: boolean;
}): string {
  const { out, prompt, name, strength, seed, several } = file;
  const words = prompt
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  const slug = words.replace(/^-+|-+$/g, '').slice(0, 60) || 'picture';
  const by = `${name === 'base' ? '' : `-${basename(name)}`}${strength === undefined ? '' : `-x${strength}`}`;
  if (out === undefined) return resolve(`${slug}${by}-${seed}.png`);
  const path = resolve(out);
  if (!several) return path;
  const extension = extname(path);
  return resolve(dirname(path), `${path.slice(0, path.length - extension.length)}-${seed}${extension || '.png'}`);
}
