// Further questions: scales of five beside an answer, and the best of a sheet.

import type { Kysely, Migration } from 'kysely';

export const questions: Migration = {
  async up({ schema }: Kysely<unknown>) {
    for (const table of ['answers', 'ratings'])
      await schema
        .alterTable(table)
        .addColumn('scales', 'text', (c) => c.notNull().defaultTo('{}'))
        .execute();
    await schema
      .createTable('sheetChoices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('promptId', 'text', (c) => c.notNull().references('prompts.id'))
      .addColumn('bestImage', 'text', (c) => c.references('images.id'))
      .addColumn('milliseconds', 'integer', (c) => c.notNull())
      .addColumn('guidelineVersion', 'integer', (c) => c.notNull().references('guidelines.version'))
      .addColumn('chosenAt', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('sheetChoicesByRater').on('sheetChoices').column('raterId').execute();
    await schema
      .createTable('sheetImages')
      .addColumn('choiceId', 'text', (c) => c.notNull().references('sheetChoices.id'))
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('place', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('sheetImagesKey', ['choiceId', 'imageId'])
      .execute();
    await schema.createIndex('sheetImagesByImage').on('sheetImages').column('imageId').execute();
  },
};
