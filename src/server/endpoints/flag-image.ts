import { recordAudit } from '../../store/audit.ts';
import { findImages } from '../../store/images.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const flagImage: Handler<'flagImage'> = async ({ studio, caller, body: { imageId, kind, note } }) => {
  const { db } = studio.project;
  if (!(await findImages(db, imageId)).some(({ id }) => id === imageId)) throw notFound(`image ${imageId}`);
  await recordAudit(db, { actor: caller, action: 'image.flag', target: imageId, detail: { kind, note } });
  return { ok: true };
};
