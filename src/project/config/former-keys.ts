// Keys under the names of earlier releases: moved to where they are now, and, for runs that were stored then, back.

import { CollimateError } from '../../util/errors.ts';
import type { Config } from './config.ts';
import { type ConfigKey, type FormerKey, isMapping, listConfigKeys, readKey } from './config-keys.ts';

/** A key that has an older name too. */
type RenamedKey = ConfigKey & { readonly former: FormerKey };

function listRenamed(): RenamedKey[] {
  return listConfigKeys().filter((key): key is RenamedKey => key.former !== undefined);
}

/**
 * Moves what a configuration says by older names, and returns the keys of which it did.
 *
 * @throws CollimateError CONFIG where both names are there, with different values.
 */
export function moveFormerKeys(tree: Record<string, unknown>): RenamedKey[] {
  return listRenamed().filter((key) => {
    const { path, former } = key;
    const value = readKey(tree, former);
    if (value === undefined) return false;
    const now = readKey(tree, key);
    if (now !== undefined && JSON.stringify(now) !== JSON.stringify(value))
      throw new CollimateError(
        'CONFIG',
        `${path} is ${JSON.stringify(now)}, and ${former.path}, its older name, is ${JSON.stringify(value)}`,
        'Both mean this key; take one out.',
      );
    const [section, part, name] = path.split('.') as [string, string, string];
    const parent = tree[section] as Record<string, unknown>;
    delete parent[former.name];
    parent[part] = { ...(isMapping(parent[part]) ? parent[part] : {}), [name]: value };
    return true;
  });
}

/** Settings of tuning that a run was stored with, by the names of now. */
export function renameStored(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const tree = { tune: { ...stored } };
  moveFormerKeys(tree);
  return tree.tune;
}

/** Settings of tuning as earlier releases stored them: flat, by older names, and without what they did not know. */
export function flattenToFormer(tune: Config['tune']): Record<string, unknown> {
  const shared = listConfigKeys().filter(({ section, name }) => section === 'tune' && !name.includes('.'));
  return Object.fromEntries([
    ...shared.map((key) => [key.name, readKey({ tune }, key)]),
    ...listRenamed().map((key) => [key.former.name, readKey({ tune }, key)]),
  ]);
}

/** Whether settings ask, in the section of their method, for something that earlier releases could not do. */
export function asksForNew(tune: Config['tune']): boolean {
  const own = listConfigKeys().filter(({ section, name }) => section === 'tune' && name.startsWith(`${tune.method}.`));
  return own.some((key) => key.former === undefined && readKey({ tune }, key) !== key.default);
}
