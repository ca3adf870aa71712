// Flags made from the configuration's keys: names, help, ranges and defaults come from the schema.

import { type Command, Option } from 'commander';
import type { ConfigSection } from '../project/config/config.ts';
import { type ConfigKey, listConfigKeys } from '../project/config/config-keys.ts';
import type { ConfigFlag } from '../project/config/config-load.ts';

const keysOfFlags = new WeakMap<Option, ConfigKey>();
/** Of flags by the names of earlier releases: what they are called now. */
const formerFlags = new WeakMap<Option, string>();

export interface ConfigFlagOptions {
  /** Puts the section's name in front, as a command over all stages needs: `--tune-beta`. */
  prefixed?: boolean;
  /** Of the sections, only these keys. */
  only?: readonly string[];
}

/** How pictures are drawn, by whichever stage draws them. */
export const DRAWING_KEYS = [
  'sampler',
  'steps',
  'guidanceScale',
  'negativePrompt',
  'precision',
  'vaeTile',
  'batchSize',
] as const;

/**
 * Adds a flag for each key of `sections` and for the keys that all stages share (`--seed`, `--device`, …). Where two
 * sections use one name, the first section has it.
 */
export function addConfigFlags(
  command: Command,
  sections: readonly ConfigSection[],
  { prefixed = false, only }: ConfigFlagOptions = {},
): void {
  for (const section of [undefined, ...sections]) {
    const keys = listConfigKeys().filter(
      (key) => key.section === section && key.kind !== 'mapping' && (!section || (only?.includes(key.name) ?? true)),
    );
    const spell = (flag: string) => (prefixed && section ? `--${section}-${flag}` : `--${flag}`);
    for (const key of keys) addFlag(command, key, spell(key.flag));
    for (const key of keys) if (key.former) addFlag(command, key, spell(key.former.flag), spell(key.flag));
  }
}

const VALUES = { boolean: '[boolean]', number: '<number>', pair: '<low,high>', text: '<text>', mapping: '' } as const;

/** @param now what a flag by a former name is called today */
function addFlag(command: Command, key: ConfigKey, long: string, now?: string): void {
  if (command.options.some((option) => option.long === long)) return;
  const help = `${key.description} (${key.allowed}; default ${String(key.default)})`;
  const option = new Option(`${long} ${VALUES[key.kind]}`, help);
  keysOfFlags.set(option, key);
  if (now !== undefined) formerFlags.set(option.hideHelp(), now);
  command.addOption(option);
}

/** The flag of each key that a command takes, by the key's path. */
export function listConfigFlags(command: Command): Map<string, string> {
  return new Map(
    command.options.flatMap((option) => {
      const key = keysOfFlags.get(option);
      return key && !formerFlags.has(option) ? [[key.path, option.long!] as const] : [];
    }),
  );
}

/** The words that an option takes, where they are few. */
export function listValues(option: Option): readonly string[] {
  const key = keysOfFlags.get(option);
  return option.argChoices ?? key?.choices ?? (key?.kind === 'boolean' ? ['true', 'false'] : []);
}

/** The flags that were given: what `openProject` takes as `flags`. */
export function readConfigFlags(command: Command): ConfigFlag[] {
  return command.options.flatMap((option) => {
    const key = keysOfFlags.get(option);
    const value: unknown = key && command.getOptionValue(option.attributeName());
    const former = formerFlags.get(option);
    if (!key || value === undefined) return [];
    return [{ path: key.path, flag: option.long!, text: String(value), ...(former !== undefined && { former }) }];
  });
}
