import { listGallery } from '../../../project/images/gallery.ts';
import { findLatestRewardModel } from '../../../project/learning/rewards.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Handler } from '../endpoint.ts';

export const listImages: Handler<'listImages'> = async ({ studio, query }) => {
  const { cursor, limit, sort, count, color, subject, background, ...filter } = query;
  const { db } = studio.project;
  const { images, next } = await listGallery(db, {
    rewardHash: (await findLatestRewardModel(db))?.hash,
    filter: { ...filter, slots: { count, color, subject, background } },
    sort,
    limit,
    after: readCursor(cursor),
  });
  return { images, next: next && writeCursor(next) };
};
