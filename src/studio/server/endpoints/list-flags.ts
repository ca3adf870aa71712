import { listFlags as listStored } from '../../../project/rating/flags.ts';
import type { Handler } from '../endpoint.ts';

export const listFlags: Handler<'listFlags'> = async ({ studio }) => {
  const flags = await listStored(studio.project.db, { open: true });
  return {
    flags: flags.map(({ id, imageId, hash, prompt, kind, note, raterName, createdAt }) => ({
      id,
      imageId,
      hash,
      prompt,
      kind,
      note,
      rater: raterName,
      createdAt,
    })),
  };
};
