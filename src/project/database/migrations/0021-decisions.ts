// What an admin decided where raters disagree or somebody flagged: a row of its own beside the answers. And what gold answers
// are for: mixed in among the work, shown with the guidelines, or asked in the test before the work.

import type { Kysely, Migration } from 'kysely';

export const decisions: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('decisions')
      .addColumn('imageId', 'text', (c) => c.primaryKey().references('images.id'))
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('note', 'text', (c) => c.notNull())
      .addColumn('decidedBy', 'text', (c) => c.notNull())
      .addColumn('decidedAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .alterTable('goldAnswers')
      .addColumn('use', 'text', (c) => c.notNull().defaultTo('mixed'))
      .execute();
    await schema
      .createTable('testAnswers')
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('round', 'integer', (c) => c.notNull())
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('known', 'text', (c) => c.notNull())
      .addColumn('answeredAt', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('testAnswersKey', ['raterId', 'round', 'imageId'])
      .execute();
    await schema
      .createTable('testResults')
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('round', 'integer', (c) => c.notNull())
      .addColumn('passed', 'integer', (c) => c.notNull())
      .addColumn('rightAnswers', 'integer', (c) => c.notNull())
      .addColumn('questions', 'integer', (c) => c.notNull())
      .addColumn('finishedAt', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('testResultsKey', ['raterId', 'round'])
      .execute();
  },
};
