// Which images a run of tuning learned from, and how much each counted.

import { type Database, insertInChunks } from '../database/database.ts';

/** Stores what a run learns from; what is there stays. */
export async function insertTuneExamples(
  db: Database,
  runId: string,
  images: readonly { readonly id: string; readonly weight: number }[],
): Promise<void> {
  const rows = images.map(({ id, weight }) => ({ runId, imageId: id, weight }));
  await insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('tuneExamples')
      .values(chunk)
      .onConflict((c) => c.columns(['runId', 'imageId']).doNothing()),
  );
}

/** A run that learned from an image, and the models that it made. */
export interface LearnedFrom {
  runId: string;
  weight: number;
  tuned: { step: number; modelHash: string }[];
}

/** The runs that learned from an image, by their start. */
export async function listLearnedFrom(db: Database, imageId: string): Promise<LearnedFrom[]> {
  const rows = await db
    .selectFrom('tuneExamples')
    .innerJoin('runs', 'runs.id', 'tuneExamples.runId')
    .select(['runId', 'weight'])
    .where('imageId', '=', imageId)
    .orderBy('startedAt')
    .orderBy('runId')
    .execute();
  return Promise.all(
    rows.map(async ({ runId, weight }) => {
      const query = db.selectFrom('checkpoints').select(['step', 'modelHash']).where('runId', '=', runId);
      return { runId, weight, tuned: await query.orderBy('step').execute() };
    }),
  );
}
