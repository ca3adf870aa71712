// `collimate init [dir]`: makes a project folder, empty or of images that are there already.

import { existsSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { PRESET_NAMES, PRESETS, type PresetName } from '../judging/experiments/presets.ts';
import { describeImport } from '../method/exchange/describe-import.ts';
import { importFile } from '../method/exchange/formats.ts';
import { resolveModel } from '../models/inference/embedded.ts';
import { chooseSampler } from '../models/inference/sampler-choice.ts';
import type { ConfigPatch } from '../project/config/config.ts';
import { CONFIG_FILE, readConfigFile } from '../project/config/config-file.ts';
import { loadConfig } from '../project/config/config-load.ts';
import { hidePassword } from '../project/config/database-url.ts';
import { isEmptyDatabase } from '../project/database/empty.ts';
import { createProject, DATABASE_FILE, type Project } from '../project/project.ts';
import { writeGrammar } from '../project/prompts/grammar-input.ts';
import { CollimateError } from '../util/errors.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags, readConfigFlags } from './flags.ts';
import { listCutPrompts } from './long-prompts.ts';

interface Options {
  grammar?: string;
  images?: string;
  captions?: string;
  skipBad?: boolean;
  preset?: PresetName;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('[dir]', 'folder of the project; made where it does not exist', '.')
    .option(
      '--images <folder>',
      'start with these pictures (a folder or .zip), captioned by metadata.jsonl, .csv or .parquet, or by x.txt beside x.png',
    )
    .option('--captions <file>', 'a table of captions (.jsonl, .csv, .parquet) that lies elsewhere')
    .option('--skip-bad', 'leave out rows and pictures that cannot be read, and list them')
    .option(
      '--grammar <name>',
      'words that prompts are made of: embedded, embedded-2 (of the larger world), paper (25 objects, six counts, nine colors), a YAML file with your own, or none for prompts that you import; default those of the world, and none with --images or --world none',
    )
    .addOption(
      new Option(
        '--preset <name>',
        `settings to start from: ${PRESET_NAMES.map((name) => `${name}, ${PRESETS[name].about}`).join('; ')}; default those of each key`,
      ).choices(PRESET_NAMES),
    )
    .action(async (dir: string, { images, captions, grammar: asked, skipBad, preset: presetName }: Options) => {
      if (captions !== undefined && images === undefined)
        throw new CollimateError('USAGE', 'init: --captions needs --images', 'Name the folder of the pictures too.');
      const shared = readShared(command, dir);
      const preset: ConfigPatch = presetName ? PRESETS[presetName].config : {};
      const world = shared.world ?? preset.world;
      const isOwn = images !== undefined || world === 'none';
      const own = isOwn ? 'none' : preset.prompts?.grammar ? 'paper' : (world ?? 'embedded');
      const grammar = asked ?? own;
      const prompts = { ...preset.prompts, ...choosePromptSettings(grammar) };
      const added = listMissing(dir);
      let project: Project | undefined;
      try {
        const suits = suitingSampler(shared.model, dir);
        const tune = { ...preset.tune, ...(world === 'none' && WITHOUT_WORLD) };
        const generate = { ...preset.generate, ...(suits.sampler && { sampler: suits.sampler }) };
        const patch = { ...modelsOf(world), ...withoutEmpty({ ...preset, prompts, generate, tune }), ...shared };
        const created = await createProject(dir, patch, context.env);
        project = created;
        await refuseFilled(created);
        const { dir: path } = created;
        const { stored: imported, cut } = await listCutPrompts(created, async () =>
          images === undefined
            ? undefined
            : importFile(created, { format: 'imagefolder', path: images, captions, skipBad }),
        );
        const go = relative(process.cwd(), path);
        const then = imported ? 'studio' : grammar === 'none' ? 'prompts import FILE' : 'generate';
        const next = `${go ? `cd ${go} && ` : ''}collimate ${then}`;
        const without =
          grammar === 'none'
            ? '\nNo prompts are made of words: those that are imported are all (--grammar makes others).'
            : '';
        const made = `Made a project in ${path}.${suits.told}${without}${imported ? `\n${[describeImport(imported), ...cut].join('\n')}` : ''}`;
        context.print(
          { dir: path, config: `${path}/${CONFIG_FILE}`, ...(imported && { imported }) },
          `${made}\nNext: ${next}`,
        );
      } catch (error) {
        await project?.close();
        for (const name of added) rmSync(name, { recursive: true, force: true });
        throw error;
      }
      await project.close();
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'init',
    'init dogs',
    'init dogs --images ~/pictures/dogs',
    'init dogs --preset demo',
    'init shop --grammar paper',
    'init larger --world embedded-2',
    'init larger --preset larger',
    'init shop --grammar none --model ~/models/sd15 --clip ~/models/clip-vit-large-patch14 --world none',
    'init team --database postgres://user@host/team',
    'init dogs --json',
  ]);
}

/** The sampler of a model that another one than the usual suits, and what is said about it. */
function suitingSampler(model: unknown, dir: string): { sampler?: ReturnType<typeof chooseSampler>; told: string } {
  if (typeof model !== 'string') return { told: '' };
  const usual = loadConfig({}).config.generate.sampler;
  try {
    const sampler = chooseSampler(resolveModel(model, dir));
    if (sampler === usual) return { told: '' };
    return { sampler, told: `\ngenerate.sampler is ${sampler}, which suits the model's scheduler.` };
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    return { told: `\nThe model cannot be used as it is now: ${error.message}. generate.sampler stays ${usual}.` };
  }
}

/** Two projects in one database would be one. */
async function refuseFilled({ db, config }: Project): Promise<void> {
  if (await isEmptyDatabase(db)) return;
  throw new CollimateError(
    'USAGE',
    `init: ${hidePassword(config.database)} holds a project already`,
    'Name an empty database, or another schema of it: ?options=-c%20search_path%3Dname',
  );
}

/** Pre-training pairs are rendered scenes by default, which such a project has none of. */
const WITHOUT_WORLD: ConfigPatch['tune'] = { pretrainData: 'none' };

/** A section of which nothing is set is not written. */
const withoutEmpty = (patch: ConfigPatch): ConfigPatch =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => Object.keys(value as object).length > 0));

/** The models of a world, unless others are named. */
const modelsOf = (world: ConfigPatch['world']): ConfigPatch =>
  world === 'embedded-2' ? { model: world, clip: world } : {};

/** Development prompts of a category where the grammar has plenty. */
const DEVELOPMENT = 20;

/** What a grammar sets in the project's file; nothing for the embedded one, which is the default. */
function choosePromptSettings(grammar: string): ConfigPatch['prompts'] {
  if (grammar === 'embedded') return undefined;
  if (grammar === 'none') return { count: 0, color: 0, background: 0, combination: 0, unseenPerCategory: 0 };
  if (grammar === 'embedded-1' || grammar === 'embedded-2') return { grammar };
  if (grammar !== 'paper') return readGrammarFile(grammar);
  const input = writeGrammar(grammar);
  return { grammar: input as GrammarPatch, ...(grammar === 'paper' && { developmentPerCategory: DEVELOPMENT }) };
}

/** The keys of all stages that were given as flags, for the project's file; folders as seen from the project. */
function readShared(command: Command, dir: string): ConfigPatch {
  const flags = readConfigFlags(command);
  const { config } = loadConfig({ flags });
  const seenFromProject = (value: unknown) =>
    typeof value === 'string' && existsSync(value) ? relative(resolve(dir), resolve(value)) : value;
  return Object.fromEntries(
    flags.map(({ path }) => {
      const value = config[path as keyof typeof config];
      return [path, path === 'model' || path === 'clip' ? seenFromProject(value) : value];
    }),
  );
}

type GrammarPatch = NonNullable<NonNullable<ConfigPatch['prompts']>['grammar']>;

/** A file holds the words themselves, or a `collimate.yaml` of another project with words in it. */
function readGrammarFile(path: string): NonNullable<ConfigPatch['prompts']> {
  if (!existsSync(path))
    throw new CollimateError(
      'USAGE',
      `init: expected --grammar embedded, embedded-2, paper or a file, and there is no file ${path}`,
      'docs/prompts.md says what such a file holds.',
    );
  const content = readConfigFile(path) as { prompts?: NonNullable<ConfigPatch['prompts']> };
  // The other settings of prompts come along: how many there are was chosen with the words.
  return content.prompts?.grammar ? content.prompts : { grammar: content as GrammarPatch };
}

const MADE = [CONFIG_FILE, DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, 'images', 'weights', 'runs'];

/** What making a project in `dir` will add; what is there already is the user's own and is never removed. */
function listMissing(dir: string): string[] {
  const names = existsSync(dir) ? MADE : ['.'];
  return names.map((name) => resolve(dir, name)).filter((path) => !existsSync(path));
}
