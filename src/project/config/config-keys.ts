// Each key of the configuration as data, read from the schema: its sentence, range, default, flag and environment name.

import { z } from 'zod';
import { type Config, type ConfigSection, configSchema, SECTIONS } from './config.ts';
import { hidePassword } from './database-url.ts';

/** One key of the configuration. */
export interface ConfigKey {
  /** Such as `tune.learningRate`. */
  path: string;
  /** Undefined for the keys that all stages share. */
  section: ConfigSection | undefined;
  /** Within its section, such as `beta`, or `dpo.beta` where the section has parts. */
  name: string;
  description: string;
  /** Such as `learning-rate`, without dashes in front. */
  flag: string;
  /** By its path, such as `COLLIMATE_TUNE_MIN_SNR_GAMMA`, and where its flag is another word also by that. */
  envs: readonly string[];
  default: unknown;
  /** What may be given, in words: `a whole number from 1 to 1000`. */
  allowed: string;
  /** A mapping is set in the file alone: it has neither flag nor environment variable. */
  kind: 'boolean' | 'number' | 'pair' | 'text' | 'mapping';
  /** The texts that may be given, where they are few. */
  choices?: readonly string[];
  /** What it was called in earlier releases, which is still read. */
  former?: FormerKey;
}

/** An older name of a key. */
export interface FormerKey {
  readonly path: string;
  readonly name: string;
  readonly flag: string;
  readonly envs: readonly string[];
}

interface JsonSchema {
  type?: string;
  anyOf?: unknown[];
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  items?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  default?: unknown;
  description?: string;
  flag?: string;
  allowed?: string;
  former?: string;
}

/** What the JSON schema holds for us alone. */
const OURS = ['flag', 'allowed', 'former'];

function readSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

/** The JSON schema of `collimate.yaml`, for editors. */
export function createConfigJsonSchema(): Record<string, unknown> {
  const withoutFlags = JSON.stringify(readSchema(), (key, value) => (OURS.includes(key) ? undefined : value));
  return { ...(JSON.parse(withoutFlags) as object), title: 'collimate.yaml' };
}

let keys: readonly ConfigKey[] | undefined;

/** Every key, in the order of the schema. */
export function listConfigKeys(): readonly ConfigKey[] {
  keys ??= Object.entries(readSchema().properties!).flatMap(([name, schema]) =>
    isSection(name) ? listKeysOf(name, schema) : [toConfigKey(undefined, name, schema)],
  );
  return keys;
}

/** The keys of a section, and of its parts with their names in front. */
function listKeysOf(section: ConfigSection, { properties = {} }: JsonSchema, part = ''): ConfigKey[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties
      ? listKeysOf(section, schema, `${part}${name}.`)
      : [toConfigKey(section, `${part}${name}`, schema)],
  );
}

function isSection(name: string): name is ConfigSection {
  return (SECTIONS as readonly string[]).includes(name);
}

function toConfigKey(section: ConfigSection | undefined, name: string, schema: JsonSchema): ConfigKey {
  const path = section ? `${section}.${name}` : name;
  return {
    path,
    section,
    name,
    description: schema.description ?? '',
    flag: toKebab(schema.flag ?? name),
    envs: kindOf(schema) === 'mapping' ? [] : listVariables(section, name, schema.flag),
    default: schema.default,
    allowed: describeAllowed(schema),
    kind: kindOf(schema),
    ...(schema.enum && { choices: schema.enum }),
    ...(schema.former !== undefined && { former: toFormerKey(section, schema.former, name) }),
  };
}

function toFormerKey(section: ConfigSection | undefined, name: string, now: string): FormerKey {
  const path = section ? `${section}.${name}` : name;
  const variables = listVariables(section, now);
  const envs = listVariables(section, name).filter((variable) => !variables.includes(variable));
  return { path, name, flag: toKebab(name), envs };
}

function listVariables(section: ConfigSection | undefined, ...names: readonly (string | undefined)[]): string[] {
  const given = names.filter((name) => name !== undefined);
  const paths = given.map((name) => toKebab(section ? `${section}.${name}` : name));
  return [...new Set(paths.map((path) => `COLLIMATE_${path.replaceAll('-', '_').toUpperCase()}`))];
}

function kindOf({ type, anyOf, items }: JsonSchema): ConfigKey['kind'] {
  if (anyOf || type === 'object') return 'mapping';
  if (type === 'boolean') return 'boolean';
  return items ? 'pair' : type === 'string' ? 'text' : 'number';
}

/** `learningRate`, `learning_rate` or `tune.learningRate` with dashes between its words. */
function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/[._]/g, '-');
}

function describeAllowed(schema: JsonSchema): string {
  if (schema.allowed !== undefined) return schema.allowed;
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return 'text';
  if (schema.items) return `two numbers, each ${describeBounds(schema.items[0]!)}`;
  return `${schema.type === 'integer' ? 'a whole number' : 'a number'} ${describeBounds(schema)}`;
}

function describeBounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  const low = exclusiveMinimum === undefined ? `at least ${minimum}` : `above ${exclusiveMinimum}`;
  const high = exclusiveMaximum === undefined ? `at most ${maximum}` : `below ${exclusiveMaximum}`;
  return `${low} and ${high}`;
}

/** A flag's or an environment variable's text as a value; text that fits no number stays text, for the schema to refuse. */
export function parseConfigText({ kind }: ConfigKey, text: string): unknown {
  if (kind === 'text' || kind === 'mapping') return text;
  if (kind === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (kind === 'pair') return text.split(',').map(toNumber);
  return toNumber(text);
}

function toNumber(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

/** The value of a key in a configuration, for people to see: an address comes without its password. */
export function readConfigValue(config: Config, key: ConfigKey): unknown {
  const value = readKey(config, key);
  return key.name === 'database' ? hidePassword(String(value)) : value;
}

/** What a mapping of sections says of a key; undefined where it says nothing. */
export function readKey(tree: unknown, { path }: Pick<ConfigKey, 'path'>): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, part) => (isMapping(at) && Object.hasOwn(at, part) ? at[part] : undefined), tree);
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
