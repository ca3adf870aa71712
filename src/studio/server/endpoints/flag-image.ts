import { flagImage as flag } from '../../../method/feedback/queue/flag-image.ts';
import { findImages } from '../../../project/images/images.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const flagImage: Handler<'flagImage'> = async ({ studio, caller, body }) => {
  const { imageId } = body;
  if (!(await findImages(studio.project.db, imageId)).some(({ id }) => id === imageId))
    throw notFound(`image ${imageId}`);
  await studio.desk.write((context) => flag(context, { raterId: caller.id, ...body }));
  return { ok: true };
};
