// The configuration.

import { join } from 'node:path';
import { CONFIG_FILE } from '../../../project/config/config-file.ts';
import { listConfigKeys, readConfigValue } from '../../../project/config/config-keys.ts';
import { changeConfigFile } from '../../../project/config/config-write.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

const getSettings: Handler<'getSettings'> = async ({ studio }) => {
  const { config, sources, dir } = studio.readProjectConfig();
  return {
    file: join(dir, CONFIG_FILE),
    settings: listSettings().map((key) => ({
      path: key.path,
      section: key.section ?? null,
      kind: key.kind as Exclude<typeof key.kind, 'mapping'>,
      value: readConfigValue(config, key) as never,
      default: key.default as never,
      description: key.description,
      allowed: key.allowed,
      choices: key.choices ? [...key.choices] : null,
      source: sources[key.path] ?? 'default',
    })),
  };
};

/** The keys with one value; the grammar has a page of its own. */
const listSettings = () => listConfigKeys().filter(({ kind }) => kind !== 'mapping');

const patchSettings: Handler<'patchSettings'> = async ({ studio, caller, body: { changes } }) => {
  // A server that runs would go on with the database it has open, and the next one start on another without its answers.
  if ('database' in changes)
    throw new CollimateError(
      'USAGE',
      'the database cannot be changed while the studio runs on it',
      'Stop the studio and run: collimate move-database TARGET',
    );
  changeConfigFile(studio.project.dir, changes);
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'settings.change',
    target: 'collimate.yaml',
    detail: changes,
  });
  return { ok: true };
};

export const settingEndpoints = {
  getSettings,
  patchSettings,
} satisfies Partial<Endpoints>;
