// Raters and the quality of labels.

import { recordAudit } from '../../../project/people/audit.ts';
import { closeNotice as close, insertNotice } from '../../../project/rating/notices.ts';
import { listRaters, setRaterExcluded as setExcluded } from '../../../project/rating/raters.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const getQuality: Handler<'getQuality'> = ({ studio }) => studio.reader.read('quality', null);

const setRaterExcluded: Handler<'setRaterExcluded'> = async ({ studio, caller, params: { id }, body }) => {
  const { db } = studio.project;
  if (!(await listRaters(db)).some((rater) => rater.id === id)) throw notFound(`rater ${id}`);
  await setExcluded(db, id, body.excluded);
  await recordAudit(db, { actor: caller, action: 'rater.exclude', target: id, detail: body });
  return { id, excluded: body.excluded };
};

const pauseRater: Handler<'pauseRater'> = async ({ studio, caller, params: { id }, body }) => {
  const { db } = studio.project;
  if (!(await listRaters(db)).some((rater) => rater.id === id)) throw notFound(`rater ${id}`);
  await insertNotice(db, { raterId: id, rule: 'admin', action: 'pause', detail: body.note, createdBy: caller.id });
  await studio.desk.release(id);
  await recordAudit(db, { actor: caller, action: 'rater.pause', target: id, detail: body });
  return { ok: true };
};

const closeNotice: Handler<'closeNotice'> = async ({ studio, caller, params: { id } }) => {
  const { db } = studio.project;
  const closed = await close(db, id, caller.id);
  if (!closed) throw notFound(`open notice ${id}`);
  const { raterId, rule, action } = closed;
  await recordAudit(db, { actor: caller, action: 'notice.close', target: raterId, detail: { rule, action } });
  return { ok: true };
};

const planRating: Handler<'planRating'> = ({ studio, body }) => studio.reader.read('plan', body);

export const qualityEndpoints = {
  getQuality,
  setRaterExcluded,
  pauseRater,
  closeNotice,
  planRating,
} satisfies Partial<Endpoints>;
