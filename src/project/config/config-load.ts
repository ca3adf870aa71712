// A configuration from its four sources: flag over environment over project file over default, each value remembering
// where it came from. A value that does not fit is refused with its key, itself, and what is allowed.

import { stringify } from 'yaml';
import type { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { inWords } from '../../util/issue-words.ts';
import { findNearest } from '../../util/text.ts';
import { type Config, type ConfigPatch, configSchema } from './config.ts';
import { type Environment, readEnvironment } from './config-env.ts';
import { type ConfigKey, isMapping, listConfigKeys, parseConfigText, readKey } from './config-keys.ts';
import { hidePassword } from './database-url.ts';
import { moveFormerKeys } from './former-keys.ts';
import { hideKeys } from './objects-address.ts';

/** Where a value came from: `--learning-rate`, `COLLIMATE_SEED`, the file's path, or `default`. */
export type ConfigSource = string;

export interface LoadedConfig {
  config: Config;
  /** By key path, such as `tune.learningRate`. */
  sources: Record<string, ConfigSource>;
  /** What was given by the name of an earlier release, in words. */
  notes: string[];
}

/** A flag that was given: the path of its key, its spelling, and its text. */
export interface ConfigFlag {
  path: string;
  flag: string;
  text: string;
  /** Where `flag` is the name of an earlier release: what it is called now. */
  former?: string;
}

export interface ConfigInputs {
  /** The content of the project file and its path, for messages. */
  file?: { patch: unknown; path: string };
  env?: Environment;
  flags?: readonly ConfigFlag[];
}

/** @throws CollimateError CONFIG (USAGE for a flag) for the first value that does not fit or key that is not known. */
export function loadConfig({ file, env = {}, flags = [] }: ConfigInputs): LoadedConfig {
  const tree = copyTree(file?.patch ?? {}, file?.path ?? '');
  const notes = moveFormerKeys(tree).map(({ path, former }) => tellFormer(file!.path, former.path, path));
  const sources: Record<string, ConfigSource> = {};
  for (const key of listConfigKeys()) {
    if (readKey(tree, key) !== undefined) sources[key.path] = file!.path;
    const { former } = key;
    const variable = readEnvironment(key, env);
    if (variable) setKey(tree, key, parseConfigText(key, variable.text));
    if (variable) sources[key.path] = variable.name;
    if (variable && former?.envs.includes(variable.name))
      notes.push(tellFormer('environment', variable.name, key.envs[0]!));
    const given = findFlag(key, flags);
    if (given) setKey(tree, key, parseConfigText(key, given.text));
    if (given) sources[key.path] = given.flag;
    if (given?.former !== undefined) notes.push(tellFormer('command', given.flag, given.former));
    sources[key.path] ??= 'default';
  }
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) throw toConfigError(parsed.error.issues, tree, sources, file?.path);
  checkTogether(parsed.data);
  return { config: parsed.data, sources, notes };
}

function tellFormer(where: string, former: string, now: string): string {
  return `${where}: ${former} is now called ${now}; it is read as that`;
}

/** @throws CollimateError USAGE where both names of a flag were given, with different texts. */
function findFlag(key: ConfigKey, flags: readonly ConfigFlag[]): ConfigFlag | undefined {
  const [found, other] = flags.filter(({ path }) => path === key.path);
  if (!found || !other || found.text === other.text) return found;
  throw new CollimateError(
    'USAGE',
    `${key.path}: ${found.flag} is ${JSON.stringify(found.text)} and ${other.flag} is ${JSON.stringify(other.text)}`,
    'Both mean this key; leave one out.',
  );
}

type Tree = Record<string, unknown>;

/** A copy of the file's mapping in which a section without content is an empty one. */
function copyTree(patch: unknown, path: string): Tree {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    throw new CollimateError(
      'CONFIG',
      `${path}: expected keys and values, got ${JSON.stringify(patch)}`,
      'See `collimate config` for the keys.',
    );
  }
  const tree = structuredClone(patch) as Tree;
  // A section whose lines are all comments is null in YAML.
  for (const { path } of listConfigKeys())
    for (const part of listParents(path)) if (readKey(tree, { path: part }) === null) putAt(tree, part, {});
  return tree;
}

/** `tune` and `tune.dpo` of `tune.dpo.beta`. */
function listParents(path: string): string[] {
  const parts = path.split('.');
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

/** Sets a key, and makes the sections around it where they are none. */
function setKey(tree: Tree, { path }: Pick<ConfigKey, 'path'>, value: unknown): void {
  for (const parent of listParents(path)) if (!isMapping(readKey(tree, { path: parent }))) putAt(tree, parent, {});
  putAt(tree, path, value);
}

function putAt(tree: Tree, path: string, value: unknown): void {
  const parts = path.split('.');
  const parent = readKey(tree, { path: parts.slice(0, -1).join('.') });
  (parts.length > 1 ? (parent as Tree) : tree)[parts.at(-1)!] = value;
}

function toConfigError(
  issues: z.core.$ZodIssue[],
  tree: Tree,
  sources: Record<string, ConfigSource>,
  file = 'config',
): CollimateError {
  const inMapping = issues.map((issue) => findMappingProblem(issue, tree)).find(Boolean);
  if (inMapping)
    return new CollimateError('CONFIG', `${inMapping} (from ${file})`, 'docs/prompts.md says what a grammar may hold.');
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) return unknownKeyError(unknown.path.map(String), unknown.keys[0]!, file);
  const [issue] = issues;
  const path = issue!.path.map(String).join('.');
  const key = findKeyAround(path);
  if (!key)
    return new CollimateError(
      'CONFIG',
      `${file}: ${path}: ${inWords(issue!.message)}`,
      'See `collimate config` for the keys.',
    );
  const wanted = issue!.code === 'custom' ? `${key.allowed} (${inWords(issue!.message)})` : key.allowed;
  const message = `${key.path} (from ${sources[key.path]}): expected ${wanted}, got ${hideIn(readKey(tree, key), key)}`;
  return new CollimateError(sources[key.path]!.startsWith('--') ? 'USAGE' : 'CONFIG', message, key.description);
}

/** The key that a path names, or leads into. */
function findKeyAround(path: string): ConfigKey | undefined {
  return listConfigKeys().find((key) => path === key.path || path.startsWith(`${key.path}.`));
}

/** The problem of a mapping with its whole path, since the key's own range says nothing about the words inside. */
function findMappingProblem(issue: z.core.$ZodIssue, tree: Tree): string | undefined {
  const key = findKeyAround(issue.path.map(String).join('.'));
  if (key?.kind !== 'mapping') return undefined;
  const { path, message } = innermost(issue, readKey(tree, key));
  return `${path.join('.')}: ${inWords(message)}`;
}

/** Of the alternatives of a union the one that was meant: the name for a text, the words for anything else. */
function innermost(issue: z.core.$ZodIssue, value: unknown): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const meant = typeof value === 'string' ? issue.errors[0] : issue.errors.at(-1);
  const [first] = meant ?? [];
  if (first === undefined) return issue;
  return innermost({ ...first, path: [...issue.path, ...first.path] }, undefined);
}

/** A value for people to see: an address comes without its password or keys. */
function hideIn(value: unknown, { name }: ConfigKey): string {
  if (typeof value === 'number') return String(value);
  const hide = name === 'objects' ? hideKeys : hidePassword;
  return JSON.stringify(typeof value === 'string' ? hide(value) : value);
}

function unknownKeyError(parent: string[], name: string, file: string): CollimateError {
  const path = [...parent, name].join('.');
  const known = listConfigKeys().map((key) => key.path);
  const around = parent.length > 0 ? `${parent.join('.')}.` : '';
  const siblings = known.filter((key) => key.startsWith(around)).map((key) => key.slice(around.length));
  const sibling = findNearest(name, siblings);
  const section = known.includes(path) && name.includes('.') && name.split('.')[0];
  if (section)
    throw new CollimateError(
      'CONFIG',
      `${file}: there is no key ${JSON.stringify(path)} in one word`,
      `Write ${section}: on a line, and below it, indented, ${name.slice(section.length + 1)}:.`,
    );
  const nearest =
    findByFlag(parent[0], name) ??
    (sibling === undefined ? undefined : `${around}${sibling}`) ??
    known.find((key) => key.endsWith(`.${name}`));
  return new CollimateError(
    'CONFIG',
    `${file}: there is no key ${path}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    'See `collimate config` for the keys.',
  );
}

/** The key whose flag is this word, in any of its spellings: `numInferenceSteps` is `generate.steps`. */
function findByFlag(section: string | undefined, word: string): string | undefined {
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  return listConfigKeys().find((key) => key.section === section && plain(key.flag) === plain(word))?.path;
}

/** What no key can say for itself. */
function checkTogether({ label }: Config): void {
  if (label.ratersPerImage <= label.raters) return;
  throw new CollimateError(
    'CONFIG',
    `label.ratersPerImage: expected at most label.raters (${label.raters}), got ${label.ratersPerImage}`,
    'Raise label.raters or lower label.ratersPerImage.',
  );
}

/** A mapping over lines of its own, everything else on one. */
function renderValue({ kind }: ConfigKey, name: string, value: unknown, indent: string): string {
  if (kind !== 'mapping' || typeof value === 'string') return `${indent}${name}: ${JSON.stringify(value)}`;
  const text = stringify({ [name]: value }, { lineWidth: 0 }).trimEnd();
  return text
    .split('\n')
    .map((line) => `${indent}${line}`)
    .join('\n');
}

/** A project file: what `patch` sets, and every other key commented out with its default, sentence and range. */
export function renderConfigFile(patch: ConfigPatch = {}): string {
  const lines = ['# What this project does. Every key is optional: a line that starts with # shows the default.', ''];
  let around: string[] = [];
  for (const key of listConfigKeys()) {
    const parents = listParents(key.path);
    for (const [depth, parent] of parents.entries())
      if (around[depth] !== parent) {
        const name = parent.split('.').at(-1);
        lines.push(...(depth === 0 ? ['', `${name}:`] : [`${'  '.repeat(depth)}${name}:`]));
      }
    around = parents;
    const indent = '  '.repeat(parents.length);
    const name = key.path.split('.').at(-1)!;
    const value = readKey(patch, key);
    lines.push(`${indent}# ${key.description} (${key.allowed})`);
    lines.push(
      value === undefined
        ? `${indent}# ${name}: ${JSON.stringify(key.default)}`
        : renderValue(key, name, value, indent),
    );
  }
  return `${lines.join('\n')}\n`;
}
