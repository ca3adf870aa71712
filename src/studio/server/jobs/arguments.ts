// A job's options as the arguments of its command, checked against the configuration's keys.

import type { ConfigSection } from '../../../project/config/config.ts';
import { type ConfigKey, listConfigKeys } from '../../../project/config/config-keys.ts';
import { type ConfigFlag, loadConfig } from '../../../project/config/config-load.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { JobKind } from '../../contract/jobs.ts';

/**
 * The keys without a section that a job may be given. The others are the host's: where the database, the models and the
 * processors are is said by whoever starts the studio, in the project's file.
 */
const SHARED: readonly string[] = ['seed'];

/** A folder of the host: an admin of the studio need not be one of the machine. */
const FOLDER = 'tune.pretrainData';

/** What each command takes: the sections of the configuration, first come first, and what it always needs. */
const COMMANDS: Readonly<Record<JobKind, CommandShape>> = {
  generate: { sections: ['generate', 'prompts'], own: { mix: '--mix' } },
  label: { sections: ['label'], fixed: ['--simulate'] },
  'reward train': { sections: ['reward'] },
  tune: {
    sections: ['tune'],
    own: { name: '--name', moreSteps: '--more-steps', overwrite: '--overwrite' },
  },
  evaluate: { sections: ['evaluate', 'generate'], own: { models: '--models', split: '--split' } },
  'evaluate human': {
    sections: ['evaluate', 'generate'],
    own: {
      name: '--name',
      compare: '--compare',
      split: '--split',
      ratersPerPair: '--raters-per-pair',
      pairsPerPrompt: '--pairs-per-prompt',
    },
  },
  report: { sections: [] },
};

interface CommandShape {
  readonly sections: readonly ConfigSection[];
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
      if (listConfigKeys().some((other) => other.name === name && !listOptions().includes(other)))
        throw new CollimateError(
          'USAGE',
          `\`${kind}\`: ${name} belongs to the machine that the studio runs on, and is no option of a job`,
          'Whoever runs the studio sets it in collimate.yaml.',
        );
      const known = [...Object.keys(own), ...listNames(sections)].join(', ');
      throw new CollimateError('USAGE', `\`${kind}\` has no option ${name}`, `It has: ${known}.`);
    });
  loadConfig({ flags });
  const ownFlags = Object.entries(options).flatMap(([name, value]) =>
    Object.hasOwn(own, name) && value !== false ? [value === true ? own[name]! : `${own[name]}=${String(value)}`] : [],
  );
  return [...kind.split(' '), ...fixed, ...ownFlags, ...flags.map(({ flag, text }) => `${flag}=${text}`)];
}

function findKey(name: string, sections: readonly ConfigSection[]): ConfigKey | undefined {
  const keys = listOptions().filter((key) => key.name === name || key.former?.name === name);
  const order = [...sections, undefined];
  return order.map((section) => keys.find((key) => key.section === section)).find((key) => key !== undefined);
}

function listNames(sections: readonly ConfigSection[]): string[] {
  return listOptions()
    .filter(({ section }) => section === undefined || sections.includes(section))
    .map(({ name }) => name);
}

function listOptions(): ConfigKey[] {
  return listConfigKeys().filter(
    ({ path, section, name, kind }) =>
      kind !== 'mapping' && (section !== undefined || SHARED.includes(name)) && path !== FOLDER,
  );
}
