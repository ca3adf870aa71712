// `collimate config`: every value and where it came from, what each key is called as a flag and as a variable, or the JSON
// schema of the file.

import { isAbsolute, relative } from 'node:path';
import type { Command } from 'commander';
import { SECTIONS } from '../project/config/config.ts';
import { createConfigJsonSchema, listConfigKeys, readConfigValue } from '../project/config/config-keys.ts';
import { type LoadedConfig, loadConfig } from '../project/config/config-load.ts';
import { hidePassword } from '../project/config/database-url.ts';
import { findProjectConfig } from '../project/project.ts';
import { formatTable, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags, readConfigFlags } from './flags.ts';

interface Options {
  schema?: boolean;
  table?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--schema', 'print the JSON schema of collimate.yaml')
    .option('--table', 'print each key with its flag, the commands that take it, and its variables')
    .action((options: Options) => printConfig(options, command, context));
  addConfigFlags(command, SECTIONS, { prefixed: true });
  addExamples(command, [
    'config',
    'config --table',
    'config --tune_beta 1',
    'config --json',
    'config --schema > collimate.schema.json',
  ]);
}

async function printConfig({ schema, table }: Options, command: Command, context: CliContext): Promise<void> {
  if (schema) return void context.stdout.write(`${JSON.stringify(createConfigJsonSchema(), null, 2)}\n`);
  if (table) {
    const { describeNames, listNames } = await import('./key-names.ts');
    const names = await listNames(context);
    return context.print(names, describeNames(names));
  }
  const file = findProjectConfig(context.options().project ?? '.');
  const loaded = loadConfig({ ...(file && { file }), env: context.env, flags: readConfigFlags(command) });
  for (const note of loaded.notes) context.tell(`note: ${note}`);
  const config = { ...loaded.config, database: hidePassword(loaded.config.database) };
  context.print({ ...loaded, config }, describe(loaded));
}

/** Of a value; such as a grammar is pages long. */
const MOST_LETTERS = 64;

function describe({ config, sources }: LoadedConfig): string {
  let cut = 0;
  const shorten = (value: string) => {
    if (value.length <= MOST_LETTERS) return value;
    cut++;
    return `${value.slice(0, MOST_LETTERS - 1)}…`;
  };
  const table = formatTable(
    listConfigKeys().map((key) => {
      const source = sources[key.path]!;
      return [
        key.path,
        shorten(JSON.stringify(readConfigValue(config, key))),
        isAbsolute(source) ? relative(process.cwd(), source) : source,
      ];
    }),
  );
  return cut === 0
    ? table
    : `${table}\n\n${plural(cut, 'value')} cut at "…"; \`collimate config --json\` has all of it.`;
}
