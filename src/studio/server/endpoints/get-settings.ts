import { join } from 'node:path';
import { listConfigKeys, readConfigValue } from '../../../project/config/config-keys.ts';
import { CONFIG_FILE } from '../../../project/config/config-load.ts';

import type { Handler } from '../endpoint.ts';

export const getSettings: Handler<'getSettings'> = async ({ studio }) => {
  const { config, sources, dir } = studio.readProjectConfig();
  return {
    file: join(dir, CONFIG_FILE),
    settings: listConfigKeys().map((key) => ({
      path: key.path,
      section: key.section ?? null,
      kind: key.kind,
      value: readConfigValue(config, key) as never,
      default: key.default as never,
      description: key.description,
      allowed: key.allowed,
      choices: key.choices ? [...key.choices] : null,
      source: sources[key.path] ?? 'default',
    })),
  };
};
