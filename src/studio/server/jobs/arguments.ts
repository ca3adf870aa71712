// A job's options as the arguments of its command, checked against the configuration's keys.

import type { Section } from '../../../project/config/config.ts';
import { type ConfigKey, listConfigKeys } from '../../../project/config/config-keys.ts';
import { type ConfigFlag, loadConfig } from '../../../project/config/config-load.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { JobKind } from '../../contract/jobs.ts';

/** What each command takes: the sections of the configuration, first come first, and what it always needs. */
const COMMANDS: Readonly<Record<JobKind, CommandShape>> = {
  generate: { sections: ['generate', 'prompts'] },
  label: { sections: ['label'], fixed: ['--simulate'] },
  'reward train': { sections: ['reward'] },
  tune: { sections: ['tune'], own: { name: '--name' } },
  evaluate: { sections: ['evaluate', 'generate'], own: { models: '--models' } },
  'evaluate human': {
    sections: ['evaluate', 'generate'],
    own: {
      name: '--name',
      compare: '--compare',
      ratersPerPair: '--raters-per-pair',
      pairsPerPrompt: '--pairs-per-prompt',
    },
  },
  report: { sections: [] },
};

interface CommandShape {
  readonly sections: readonly Section[];
  readonly fixed?: readonly string[];
  /** Flags that are no keys of the configuration. */
  readonly own?: Readonly<Record<string, string>>;
}

/**
 * The arguments after `collimate`, such as `['tune', '--max-train-steps=100']`.
 *
 * @throws CollimateError USAGE for an option that the command does not have or a value that does not fit.
 */
export function makeArguments(kind: JobKind, options: Readonly<Record<string, unknown>>): string[] {
  const { sections, fixed = [], own = {} } = COMMANDS[kind];
  const given = Object.entries(options).map(([name, value]) => [name, String(value)] as const);
  const flags = given
    .filter(([name]) => !Object.hasOwn(own, name))
    .map(([name, text]): ConfigFlag => {
      const key = findKey(name, sections);
      if (key) return { path: key.path, flag: `--${key.flag}`, text };
      const known = [...Object.keys(own), ...listNames(sections)].join(', ');
      throw new CollimateError('USAGE', `\`${kind}\` has no option ${name}`, `It has: ${known}.`);
    });
  loadConfig({ flags });
  const ownFlags = given.filter(([name]) => Object.hasOwn(own, name)).map(([name, text]) => `${own[name]}=${text}`);
  return [...kind.split(' '), ...fixed, ...ownFlags, ...flags.map(({ flag, text }) => `${flag}=${text}`)];
}

function findKey(name: string, sections: readonly Section[]): ConfigKey | undefined {
  const keys = listConfigKeys().filter((key) => key.name === name && key.kind !== 'mapping');
  const order = [...sections, undefined];
  return order.map((section) => keys.find((key) => key.section === section)).find((key) => key !== undefined);
}

function listNames(sections: readonly Section[]): string[] {
  return listConfigKeys()
    .filter(({ section, kind }) => kind !== 'mapping' && (section === undefined || sections.includes(section)))
    .map(({ name }) => name);
}
