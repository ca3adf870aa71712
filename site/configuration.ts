// The configuration reference: a table of every key, made of the schema.

import { SECTIONS } from '../src/project/config/config.ts';
import { type ConfigKey, listConfigKeys } from '../src/project/config/config-keys.ts';
import { code, type Page, table, text } from './markdown.ts';

/** One page, a table for the keys that all stages share and one for each section. */
export function makeConfigurationPage(): Page {
  const keys = listConfigKeys();
  const body = [
    '# Configuration',
    'A project keeps its settings in `collimate.yaml`. Each key may be given as a flag of the commands that use it and as an environment variable too: a flag goes before a variable, a variable before the file, the file before the default. `npx collimate config` prints each value and where it came from, `npx collimate config --table` which commands take which flag. `collimate config` itself takes every flag with its section in front, such as `--tune-beta`.',
    `There are ${keys.length} keys.`,
    '## Of the whole project',
    listKeys(keys.filter(({ section }) => section === undefined)),
    ...SECTIONS.flatMap((section) => [`## ${section}`, listKeys(keys.filter((key) => key.section === section))]),
  ];
  return { path: 'reference/configuration.md', body: body.join('\n\n') };
}

function listKeys(keys: readonly ConfigKey[]): string {
  return table(
    ['key', 'flag, variable', 'default', 'what it means'],
    keys.map((key) => [
      code(key.path),
      key.kind === 'mapping' ? 'in the file alone' : [`--${key.flag}`, ...key.envs].map(code).join(' '),
      describeDefault(key.default),
      `${text(key.description)} (${text(key.allowed)})${key.former ? ` Earlier ${code(key.former.path)}.` : ''}`,
    ]),
  );
}

/** Longer ones are in the file of defaults, `collimate config --json`. */
const MOST_LETTERS = 40;

function describeDefault(value: unknown): string {
  if (value === undefined) return 'none';
  const words = typeof value === 'string' ? value : JSON.stringify(value);
  if (words === '') return 'empty';
  return words.length > MOST_LETTERS ? 'see `collimate config --json`' : code(words);
}
