// Where a project's model is, with the text encoders that it is to be used with.

import { join } from 'node:path';
import { modelName, resolveModel } from '../models/inference/embedded.ts';
import { linkWithoutT5 } from '../models/without-t5.ts';
import type { Project } from '../project/project.ts';

/**
 * The path of the model that a project draws with and tunes.
 *
 * @param note told where text encoders were to be left out and there is none to leave out
 * @throws CollimateError MODEL_CONFIG where there is none, CONFIG where its T5 cannot be left out.
 */
export function projectModel({ dir, config }: Pick<Project, 'dir' | 'config'>, note?: (line: string) => void): string {
  const path = resolveModel(config.model, dir);
  if (config.textEncoders === 'all') return path;
  const folder = linkWithoutT5(path, join(dir, 'cache', 'without-t5'), modelName(path));
  if (folder === path) note?.('textEncoders: clip leaves nothing out: the model has no T5.');
  return folder;
}
