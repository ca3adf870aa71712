// A configuration from its four sources: flag over environment over project file over default, each value remembering
// where it came from. A value that does not fit is refused with its key, itself, and what is allowed.

import { stringify } from 'yaml';
import type { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { findNearest } from '../../util/text.ts';
import { type Config, type ConfigPatch, configSchema } from './config.ts';
import { type Environment, readEnvironment } from './config-env.ts';
import { type ConfigKey, listConfigKeys, parseConfigText } from './config-keys.ts';
import { hidePassword } from './database-url.ts';

/** Where a value came from: `--learning-rate`, `COLLIMATE_SEED`, the file's path, or `default`. */
export type ConfigSource = string;

export interface LoadedConfig {
  config: Config;
  /** By key path, such as `tune.learningRate`. */
  sources: Record<string, ConfigSource>;
}

/** A flag that was given: the path of its key, its spelling, and its text. */
export interface ConfigFlag {
  path: string;
  flag: string;
  text: string;
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
  const sources: Record<string, ConfigSource> = {};
  for (const key of listConfigKeys()) {
    if (readPath(tree, key) !== undefined) sources[key.path] = file!.path;
    const variable = readEnvironment(key, env);
    if (variable) set(tree, key, variable.text, sources, variable.name);
    const given = flags.find((flag) => flag.path === key.path);
    if (given) set(tree, key, given.text, sources, given.flag);
    sources[key.path] ??= 'default';
  }
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) throw toConfigError(parsed.error.issues, tree, sources, file?.path);
  checkTogether(parsed.data);
  return { config: parsed.data, sources };
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
  return Object.fromEntries(
    Object.entries(structuredClone(patch)).map(([key, value]) => [
      key,
      value ?? (key in configSchema.shape ? {} : value),
    ]),
  );
}

function readPath(tree: Tree, { section, name }: ConfigKey): unknown {
  const parent = section ? tree[section] : tree;
  return typeof parent === 'object' && parent !== null ? (parent as Tree)[name] : undefined;
}

function set(
  tree: Tree,
  key: ConfigKey,
  text: string,
  sources: Record<string, ConfigSource>,
  source: ConfigSource,
): void {
  let parent = tree;
  if (key.section) {
    const section = tree[key.section];
    parent = typeof section === 'object' && section !== null ? (section as Tree) : {};
    tree[key.section] = parent;
  }
  parent[key.name] = parseConfigText(key, text);
  sources[key.path] = source;
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
  const path = issue!.path.slice(0, 2).map(String).join('.');
  const key = listConfigKeys().find((candidate) => candidate.path === path || candidate.path === path.split('.')[0]);
  if (!key)
    return new CollimateError('CONFIG', `${file}: ${path}: ${issue!.message}`, 'See `collimate config` for the keys.');
  const wanted = issue!.code === 'custom' ? `${key.allowed} (${issue!.message})` : key.allowed;
  const message = `${key.path} (from ${sources[key.path]}): expected ${wanted}, got ${hideIn(readPath(tree, key))}`;
  return new CollimateError(sources[key.path]!.startsWith('--') ? 'USAGE' : 'CONFIG', message, key.description);
}

/** The problem of a mapping with its whole path, since the key's own range says nothing about the words inside. */
function findMappingProblem(issue: z.core.$ZodIssue, tree: Tree): string | undefined {
  const key = listConfigKeys().find(({ path }) => path === issue.path.slice(0, 2).join('.'));
  if (key?.kind !== 'mapping') return undefined;
  const { path, message } = innermost(issue, readPath(tree, key));
  return `${path.join('.')}: ${message}`;
}

/** Of the alternatives of a union the one that was meant: the name for a text, the words for anything else. */
function innermost(issue: z.core.$ZodIssue, value: unknown): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const meant = typeof value === 'string' ? issue.errors[0] : issue.errors.at(-1);
  const [first] = meant ?? [];
  if (first === undefined) return issue;
  return innermost({ ...first, path: [...issue.path, ...first.path] }, undefined);
}

/** A value for people to see: an address of a database comes without its password. */
function hideIn(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? hidePassword(value) : value);
}

function unknownKeyError(parent: string[], name: string, file: string): CollimateError {
  const path = [...parent, name].join('.');
  const known = listConfigKeys().map((key) => key.path);
  const siblings = known.filter((key) => key.startsWith(parent.length > 0 ? `${parent.join('.')}.` : ''));
  const nearest =
    findByFlag(parent[0], name) ??
    findNearest(
      name,
      siblings.map((key) => key.slice(parent.join('.').length).replace(/^\./, '')),
    ) ??
    known.find((key) => key.endsWith(`.${name}`));
  const suggestion =
    nearest === undefined
      ? ''
      : ` Did you mean ${parent.length > 0 && !nearest.includes('.') ? `${parent.join('.')}.` : ''}${nearest}?`;
  return new CollimateError(
    'CONFIG',
    `${file}: there is no key ${path}.${suggestion}`,
    'See `collimate config` for the keys.',
  );
}

/** The key whose flag is this word, in any of its spellings: `numInferenceSteps` is `steps`. */
function findByFlag(section: string | undefined, word: string): string | undefined {
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  return listConfigKeys().find((key) => key.section === section && plain(key.flag) === plain(word))?.name;
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
function renderValue({ kind, name }: ConfigKey, value: unknown, indent: string): string {
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
  let section: string | undefined;
  for (const key of listConfigKeys()) {
    if (key.section !== section) {
      section = key.section;
      lines.push('', `${section}:`);
    }
    const indent = key.section ? '  ' : '';
    const value = readPath(patch as Tree, key);
    lines.push(`${indent}# ${key.description} (${key.allowed})`);
    lines.push(
      value === undefined ? `${indent}# ${key.name}: ${JSON.stringify(key.default)}` : renderValue(key, value, indent),
    );
  }
  return `${lines.join('\n')}\n`;
}
