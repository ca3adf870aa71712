// `collimate init [dir]`: makes a project folder, empty or of images that are there already.

import { existsSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { describeImport } from '../method/exchange/describe-import.ts';
import { importFile } from '../method/exchange/formats.ts';
import type { ConfigPatch } from '../project/config/config.ts';
import { CONFIG_FILE, readConfigFile } from '../project/config/config-file.ts';
import { createProject, DATABASE_FILE } from '../project/project.ts';
import { writeGrammar } from '../project/prompts/grammar-input.ts';
import { CollimateError } from '../util/errors.ts';
import { addExamples, type CliContext } from './context.ts';

interface Options {
  grammar: string;
  images?: string;
  captions?: string;
  skipBad?: boolean;
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
      'words that prompts are made of: embedded, paper (25 objects, six counts, nine colors), or a YAML file with your own',
      'embedded',
    )
    .action(async (dir: string, { images, captions, grammar, skipBad }: Options) => {
      if (captions !== undefined && images === undefined)
        throw new CollimateError('USAGE', 'init: --captions needs --images', 'Name the folder of the pictures too.');
      const prompts = choosePromptSettings(grammar);
      const added = listMissing(dir);
      const project = await createProject(dir, prompts && { prompts });
      const { dir: path } = project;
      try {
        const imported =
          images && (await importFile(project, { format: 'imagefolder', path: images, captions, skipBad }));
        const go = relative(process.cwd(), path);
        const next = `${go ? `cd ${go} && ` : ''}collimate ${imported ? 'studio' : 'generate'}`;
        const made = `Made a project in ${path}.${imported ? `\n${describeImport(imported)}` : ''}`;
        context.print(
          { dir: path, config: `${path}/${CONFIG_FILE}`, ...(imported && { imported }) },
          `${made}\nNext: ${next}`,
        );
      } catch (error) {
        await project.close();
        for (const name of added) rmSync(name, { recursive: true, force: true });
        throw error;
      }
      await project.close();
    });
  addExamples(command, [
    'init',
    'init dogs',
    'init dogs --images ~/pictures/dogs',
    'init shop --grammar paper',
    'init dogs --json',
  ]);
}

/** Development prompts of a category where the grammar has plenty. */
const DEVELOPMENT = 20;

/** What a grammar sets in the project's file; nothing for the embedded one, which is the default. */
function choosePromptSettings(grammar: string): ConfigPatch['prompts'] {
  if (grammar === 'embedded') return undefined;
  const input = grammar === 'paper' ? writeGrammar(grammar) : readGrammarFile(grammar);
  return { grammar: input as GrammarPatch, ...(grammar === 'paper' && { developmentPerCategory: DEVELOPMENT }) };
}

type GrammarPatch = NonNullable<NonNullable<ConfigPatch['prompts']>['grammar']>;

/** A file holds the words themselves, or a `collimate.yaml` of another project with words in it. */
function readGrammarFile(path: string): unknown {
  if (!existsSync(path))
    throw new CollimateError(
      'USAGE',
      `init: expected --grammar embedded, paper or a file, and there is no file ${path}`,
      'docs/prompts.md says what such a file holds.',
    );
  const content = readConfigFile(path) as { prompts?: { grammar?: unknown } };
  return content.prompts?.grammar ?? content;
}

const MADE = [CONFIG_FILE, DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, 'images', 'weights', 'runs'];

/** What making a project in `dir` will add; what is there already is the user's own and is never removed. */
function listMissing(dir: string): string[] {
  const names = existsSync(dir) ? MADE : ['.'];
  return names.map((name) => resolve(dir, name)).filter((path) => !existsSync(path));
}
