// Which images a run of tuning learned from: before, only the answers that had taught its reward function were known.

import type { Kysely, Migration } from 'kysely';

export const tuneExamples: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('tuneExamples')
      .addColumn('runId', 'text', (c) => c.notNull().references('runs.id'))
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('weight', 'double precision', (c) => c.notNull())
      .addPrimaryKeyConstraint('tuneExamplesKey', ['runId', 'imageId'])
      .execute();
    await schema.createIndex('tuneExamplesByImage').on('tuneExamples').column('imageId').execute();
  },
};
