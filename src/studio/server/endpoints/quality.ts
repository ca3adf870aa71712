// Raters and the quality of labels.

import { recordAudit } from '../../../project/people/audit.ts';
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

const planRating: Handler<'planRating'> = ({ studio, body }) => studio.reader.read('plan', body);

export const qualityEndpoints = {
  getQuality,
  setRaterExcluded,
  planRating,
} satisfies Partial<Endpoints>;
