import { readParameters } from '../../../method/feedback/own-images.ts';
import { findImages } from '../../../project/images/images.ts';
import { readImageLineage } from '../../../project/learning/lineage.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const getImage: Handler<'getImage'> = async ({ studio, params: { id } }) => {
  const { db, images } = studio.project;
  const image = (await findImages(db, id)).find((found) => found.id === id);
  if (!image) throw notFound(`image ${id}`);
  const { ratings, ...lineage } = await readImageLineage(db, image);
  return {
    ...lineage,
    image: { ...image, seed: Number(image.seed), parameters: readParameters(images, image.hash) },
    ratings: ratings.map(({ guideline, ...rating }) => ({ ...rating, guidelineVersion: guideline.version })),
  };
};
