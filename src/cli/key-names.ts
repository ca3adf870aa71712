// What each key of the configuration is called where it is given: flag, variables, and the commands that take the flag,
// read from the commands themselves.

import { Command } from 'commander';
import { listConfigKeys } from '../project/config/config-keys.ts';
import { formatTable } from '../util/text.ts';
import { COMMANDS } from './commands.ts';
import type { CliContext } from './context.ts';
import { listConfigFlags } from './flags.ts';

export interface KeyNames {
  /** Such as `tune.minSnrGamma`. */
  key: string;
  /** Such as `--snr-gamma`. */
  flag: string;
  /** Commands that take the flag, `config` aside, which takes all of them with their section in front. */
  commands: string[];
  variables: readonly string[];
}

export async function listNames(context: CliContext): Promise<KeyNames[]> {
  const taken = new Map<string, string[]>();
  for (const { name, load } of COMMANDS) {
    if (name === 'config') continue;
    const command = new Command(name);
    (await load()).register(command, context);
    for (const path of listConfigFlags(command).keys()) taken.set(path, [...(taken.get(path) ?? []), name]);
  }
  return listConfigKeys().map(({ path, flag, envs, kind }) => ({
    key: path,
    flag: kind === 'mapping' ? 'in the file' : `--${flag}`,
    commands: taken.get(path) ?? [],
    variables: envs,
  }));
}

/** A table for people; what nearly every command takes is not listed anew for each key. */
export function describeNames(names: readonly KeyNames[]): string {
  const common = names.filter(({ key }) => !key.includes('.'));
  const rows = names.map(({ key, flag, commands, variables }) => [
    key,
    flag,
    key.includes('.') ? commands.join(', ') : 'see below',
    variables.join(', '),
  ]);
  return [
    formatTable([['key', 'flag', 'of the commands', 'variables'], ...rows]),
    '',
    `${common.map(({ flag }) => flag).join(', ')}: ${common[0]?.commands.join(', ')}.`,
    'Flags may be spelled with _ for -; `collimate config` takes each with its section in front, such as --tune-beta.',
  ].join('\n');
}
