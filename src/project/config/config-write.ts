// Changing single keys of a project's `collimate.yaml`; comments and order of the file stay.

import { join } from 'node:path';
import { type Document, isMap, isScalar } from 'yaml';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { CONFIG_FILE, openConfigDocument, toContent } from './config-file.ts';
import { listConfigKeys } from './config-keys.ts';
import { loadConfig } from './config-load.ts';

/**
 * Sets keys by their path, such as `tune.beta`; null takes a key out, so that its default holds again. The whole file is
 * checked before it is written.
 *
 * @throws CollimateError CONFIG for a key that is not known or a value that does not fit; nothing is changed then.
 */
export function changeConfigFile(dir: string, changes: Readonly<Record<string, unknown>>): void {
  const path = join(dir, CONFIG_FILE);
  const document = openConfigDocument(path);
  for (const [key, value] of Object.entries(changes)) {
    const known = listConfigKeys().find(({ path }) => path === key);
    if (!known) throw new CollimateError('CONFIG', `there is no key ${key}`, 'See `collimate config` for the keys.');
    const parts = key.split('.');
    if (known.former) document.deleteIn(known.former.path.split('.'));
    if (value === null) document.deleteIn(parts);
    else {
      for (let depth = 1; depth < parts.length; depth++) makeSection(document, parts.slice(0, depth));
      document.setIn(parts, value);
    }
  }
  loadConfig({ file: { patch: toContent(document, path), path } });
  writeFileAtomic(path, document.toString({ lineWidth: 0 }));
}

/** A section whose lines are all comments is null in YAML; as a mapping it keeps them. */
function makeSection(document: Document, path: readonly string[]): void {
  const node = document.getIn(path, true);
  if (isMap(node)) return;
  const section = document.createNode({});
  section.flow = false;
  if (isScalar(node)) section.commentBefore = [node.commentBefore, node.comment].filter(Boolean).join('\n') || null;
  document.setIn(path, section);
}
