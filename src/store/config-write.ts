// Changing single keys of a project's `collimate.yaml`; comments and order of the file stay.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { listConfigKeys } from './config-keys.ts';
import { loadConfig } from './config-load.ts';
import { CONFIG_FILE } from './project.ts';

/**
 * Sets keys by their path, such as `tune.beta`; null takes a key out, so that its default holds again. The whole file is
 * checked before it is written.
 *
 * @throws CollimateError CONFIG for a key that is not known or a value that does not fit; nothing is changed then.
 */
export function changeConfigFile(dir: string, changes: Readonly<Record<string, unknown>>): void {
  const path = join(dir, CONFIG_FILE);
  const document = parseDocument(readFileSync(path, 'utf8'));
  for (const [key, value] of Object.entries(changes)) {
    if (!listConfigKeys().some((known) => known.path === key))
      throw new CollimateError('CONFIG', `there is no key ${key}`, 'See `collimate config` for the keys.');
    const parts = key.split('.');
    if (value === null) document.deleteIn(parts);
    else {
      const [section] = parts;
      // A section whose lines are all comments is null in YAML.
      if (parts.length > 1 && !document.getIn([section!], true)?.valueOf()) document.deleteIn([section!]);
      document.setIn(parts, value);
    }
  }
  loadConfig({ file: { patch: document.toJS() ?? {}, path } });
  writeFileAtomic(path, document.toString({ lineWidth: 0 }));
}
