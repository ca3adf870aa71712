// What is said after pictures or prompts came in: which prompts of the project its model does not read to their end.

import { describeLongPrompts, findLongPrompts, openProjectReader } from '../method/long-prompts.ts';
import { listPrompts } from '../project/images/prompts.ts';
import type { Project } from '../project/project.ts';

/** Lines for the terminal; none where the model reads all of each prompt, or is not there yet. */
export async function listCutPrompts(project: Project): Promise<string[]> {
  const texts = (await listPrompts(project.db)).map(({ text }) => text);
  const long = findLongPrompts(openProjectReader(project), texts);
  return long ? describeLongPrompts(long) : [];
}
