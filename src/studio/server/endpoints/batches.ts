// Batches of images that open and close.

import { recordAudit } from '../../../project/people/audit.ts';
import {
  countUnbatched,
  listBatches as list,
  setBatchClosed as setClosed,
  createBatch as store,
} from '../../../project/rating/batches.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const listBatches: Handler<'listBatches'> = async ({ studio }) => ({
  batches: await list(studio.project.db),
  unbatched: await countUnbatched(studio.project.db, 'feedback'),
});

const createBatch: Handler<'createBatch'> = async ({ studio, caller, body }) => {
  const made = await store(studio.project.db, { ...body, purpose: 'feedback' });
  const detail = { ...body, images: made.images };
  await recordAudit(studio.project.db, { actor: caller, action: 'batch.create', target: made.id, detail });
  return made;
};

const setBatchClosed: Handler<'setBatchClosed'> = async ({ studio, caller, params: { id }, body }) => {
  if (!(await setClosed(studio.project.db, id, body.closed))) throw notFound(`batch ${id}`);
  await recordAudit(studio.project.db, { actor: caller, action: 'batch.close', target: id, detail: body });
  return { ok: true };
};

export const batchEndpoints = { listBatches, createBatch, setBatchClosed } satisfies Partial<Endpoints>;
