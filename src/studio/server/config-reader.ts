// The configuration as the project's file has it now, read anew when the file changes.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { type ConfigInputs, type LoadedConfig, loadConfig } from '../../project/config/config-load.ts';
import { findProjectConfig } from '../../project/project.ts';

export function createConfigReader(
  dir: string,
  inputs: Omit<ConfigInputs, 'file'>,
): () => LoadedConfig & { dir: string } {
  const path = join(dir, CONFIG_FILE);
  let known: (LoadedConfig & { dir: string }) | undefined;
  let written = -1;
  return () => {
    const { mtimeMs } = statSync(path);
    if (known && mtimeMs === written) return known;
    known = { dir, ...loadConfig({ ...inputs, file: findProjectConfig(dir)! }) };
    written = mtimeMs;
    return known;
  };
}
