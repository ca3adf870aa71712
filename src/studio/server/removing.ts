// Removing beside what else goes on: no stage works on the project meanwhile, as with `collimate remove`.

import type { Removed } from '../../method/remove.ts';
import type { Output } from '../contract/client.ts';
import type { Studio } from './studio.ts';

/** @throws CollimateError LOCKED while a stage is at work. */
export async function removing(
  { project }: Pick<Studio, 'project'>,
  remove: () => Promise<Removed>,
): Promise<Output<'removeImage'>> {
  const lock = await project.lock('remove');
  try {
    const { images, answers, prompts } = await remove();
    return { images, answers, prompts };
  } finally {
    await lock.release();
  }
}
