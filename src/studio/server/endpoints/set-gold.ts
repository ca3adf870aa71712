import { findImages } from '../../../project/images/images.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { deleteGoldAnswer, putGoldAnswer } from '../../../project/rating/gold.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const setGold: Handler<'setGold'> = async ({ studio, caller, params: { id }, body: { answer, note } }) => {
  const { db } = studio.project;
  if (!(await findImages(db, id)).some((image) => image.id === id)) throw notFound(`image ${id}`);
  if (answer === null) await deleteGoldAnswer(db, id);
  else await putGoldAnswer(db, { imageId: id, answer, note, createdBy: caller.id });
  await recordAudit(db, { actor: caller, action: 'gold.set', target: id, detail: { answer } });
  return { ok: true };
};
