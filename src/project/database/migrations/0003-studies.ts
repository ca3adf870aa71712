// Pair studies: what is compared, the pairs, who was shown which pair on which side, and the answers.

import type { Kysely, Migration } from 'kysely';

export const studies: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable('studies')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('contestants', 'text', (c) => c.notNull())
      .addColumn('questions', 'text', (c) => c.notNull())
      .addColumn('ratersPerPair', 'integer', (c) => c.notNull())
      .addColumn('seed', 'bigint', (c) => c.notNull())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('registration', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addColumn('closedAt', 'text')
      .execute();
    await schema
      .createTable('studyPairs')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('studyId', 'text', (c) => c.notNull().references('studies.id'))
      .addColumn('place', 'integer', (c) => c.notNull())
      .addColumn('promptId', 'text', (c) => c.notNull().references('prompts.id'))
      .addColumn('contestantA', 'text', (c) => c.notNull())
      .addColumn('contestantB', 'text', (c) => c.notNull())
      .addColumn('imageA', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('imageB', 'text', (c) => c.notNull().references('images.id'))
      .execute();
    await schema.createIndex('studyPairsByStudy').on('studyPairs').columns(['studyId', 'place']).execute();
    await schema
      .createTable('studyPresentations')
      .addColumn('pairId', 'text', (c) => c.notNull().references('studyPairs.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('studyId', 'text', (c) => c.notNull().references('studies.id'))
      .addColumn('leftIs', 'text', (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('shownAt', 'text', (c) => c.notNull())
      .addColumn('expiresAt', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('studyPresentationsKey', ['pairId', 'raterId'])
      .execute();
    await schema.createIndex('studyPresentationsByStudy').on('studyPresentations').column('studyId').execute();
    await schema
      .createTable('studyAnswers')
      .addColumn('pairId', 'text', (c) => c.notNull().references('studyPairs.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('question', 'text', (c) => c.notNull())
      .addColumn('studyId', 'text', (c) => c.notNull().references('studies.id'))
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('milliseconds', 'integer', (c) => c.notNull())
      .addColumn('clientId', 'text', (c) => c.notNull().unique())
      .addColumn('answeredAt', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('studyAnswersKey', ['pairId', 'raterId', 'question'])
      .execute();
    await schema.createIndex('studyAnswersByStudy').on('studyAnswers').column('studyId').execute();
  },
};
