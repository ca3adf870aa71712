// What is said after pictures and their prompts came in: which of these prompts the project's model does not read to their end.

import { describeLongPrompts, findLongPrompts, openProjectReader } from '../method/long-prompts.ts';
import { listPrompts } from '../project/images/prompts.ts';
import type { Project } from '../project/project.ts';

/**
 * What `store` gives, and lines for the terminal on the prompts that it brought: those that were there have been told of. None
 * where the model reads all of each, or is not there yet.
 */
export async function listCutPrompts<T>(
  project: Project,
  store: () => Promise<T>,
): Promise<{ stored: T; cut: string[] }> {
  const before = new Set((await listPrompts(project.db)).map(({ id }) => id));
  const stored = await store();
  const added = (await listPrompts(project.db)).filter(({ id }) => !before.has(id));
  const long = findLongPrompts(
    openProjectReader(project),
    added.map(({ text }) => text),
  );
  return { stored, cut: long ? describeLongPrompts(long) : [] };
}
