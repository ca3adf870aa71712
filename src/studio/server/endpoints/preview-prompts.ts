import { listPrompts } from '../../../project/images/prompts.ts';
import type { Handler } from '../endpoint.ts';
import { previewPrompts as preview } from '../prompts/preview.ts';

export const previewPrompts: Handler<'previewPrompts'> = async ({ studio, body }) => {
  const stored = new Set((await listPrompts(studio.project.db)).map(({ id }) => id));
  return preview(studio.readProjectConfig().config, body, stored);
};
