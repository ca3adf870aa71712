// What an admin decides where raters disagree, somebody flagged, or a known answer is in doubt.

import { findImages } from '../../../project/images/images.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { deleteDecision, putDecision } from '../../../project/rating/decisions.ts';
import { deleteGoldAnswer, putGoldAnswer } from '../../../project/rating/gold.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const listDisputes: Handler<'listDisputes'> = ({ studio, query }) => studio.reader.read('disputes', query);

const decideImage: Handler<'decideImage'> = async ({
  studio,
  caller,
  params: { id },
  body: { answer, note, gold },
}) => {
  const { db } = studio.project;
  if (!(await findImages(db, id)).some((image) => image.id === id)) throw notFound(`image ${id}`);
  if (answer === null) {
    await deleteDecision(db, id);
    if (gold) await deleteGoldAnswer(db, id);
  }
  if (answer !== null) await putDecision(db, { imageId: id, answer, note, decidedBy: caller.id });
  if (gold && answer !== null && answer !== 'skip')
    await putGoldAnswer(db, { imageId: id, answer, note, createdBy: caller.id });
  await recordAudit(db, { actor: caller, action: 'image.decide', target: id, detail: { answer, gold } });
  return { ok: true };
};

export const decisionEndpoints = { listDisputes, decideImage } satisfies Partial<Endpoints>;
