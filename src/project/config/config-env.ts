// Environment variables as a source of the configuration: each key has one by its path and, where its flag is called
// otherwise, another by that. What starts like ours and is none is named, since it would be ignored in silence.

import { CollimateError } from '../../util/errors.ts';
import { JOB_DIR_VARIABLE } from '../../util/job-files.ts';
import { findNearest } from '../../util/text.ts';
import { type ConfigKey, listConfigKeys } from './config-keys.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Seconds that a command waits for a PostgreSQL server that went away. */
export const PATIENCE_VARIABLE = 'COLLIMATE_DATABASE_PATIENCE';

/** Which maker of ONNX Runtime's sessions runs programs, `native` or `node`: said by the process, since a project does not depend on it. */
const RUNTIME_VARIABLE = 'COLLIMATE_RUNTIME';

/** Variables that are no keys: where to look for defects, a job's folder, patience, and what tests are given. */
const OTHERS: readonly string[] = [
  'COLLIMATE_DEBUG',
  PATIENCE_VARIABLE,
  JOB_DIR_VARIABLE,
  'COLLIMATE_CLIP_TOKENIZER',
  RUNTIME_VARIABLE,
];
const OF_TESTS = 'COLLIMATE_TEST_';

/**
 * What the environment says of a key, and by which variable; an empty one says nothing.
 *
 * @throws CollimateError CONFIG where both spellings are set, to different texts.
 */
export function readEnvironment(
  { path, envs, former }: ConfigKey,
  env: Environment,
): { name: string; text: string } | undefined {
  const [found, other] = [...envs, ...(former?.envs ?? [])].flatMap((name) =>
    env[name] ? [{ name, text: env[name] }] : [],
  );
  if (found && other && found.text !== other.text)
    throw new CollimateError(
      'CONFIG',
      `${path}: ${found.name} is ${JSON.stringify(found.text)} and ${other.name} is ${JSON.stringify(other.text)}`,
      'Both mean this key; unset one of them.',
    );
  return found;
}

/** `env` in which what flags said is said by variables: the environment of a process that is started with the same configuration. */
export function withFlags(
  env: Environment,
  flags: readonly { readonly path: string; readonly text: string }[],
): Environment {
  const changed: Record<string, string | undefined> = { ...env };
  for (const { path, text } of flags) {
    const { envs, former } = listConfigKeys().find((key) => key.path === path)!;
    for (const name of [...envs, ...(former?.envs ?? [])]) delete changed[name];
    changed[envs[0]!] = text;
  }
  return changed;
}

/** The variables that start with COLLIMATE_ and mean nothing, each with the known one that is most like it. */
export function findUnknownVariables(env: Environment): { name: string; nearest: string | undefined }[] {
  const known = [...listConfigKeys().flatMap(({ envs }) => envs), ...OTHERS];
  const former = new Set(listConfigKeys().flatMap((key) => key.former?.envs ?? []));
  return Object.keys(env)
    .filter((name) => /^collimate_/i.test(name) && !known.includes(name) && !former.has(name))
    .filter((name) => !name.startsWith(OF_TESTS))
    .sort()
    .map((name) => ({ name, nearest: findNearest(name.toUpperCase(), known) }));
}
