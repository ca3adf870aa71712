// What raters say beside an answer: the words of the prompt that a picture does not show, and a note.

import type { Kysely, Migration } from 'kysely';

export const reasons: Migration = {
  async up({ schema }: Kysely<unknown>) {
    for (const table of ['answers', 'ratings', 'studyAnswers']) {
      await schema
        .alterTable(table)
        .addColumn('words', 'text', (c) => c.notNull().defaultTo('[]'))
        .execute();
      await schema
        .alterTable(table)
        .addColumn('note', 'text', (c) => c.notNull().defaultTo(''))
        .execute();
    }
  },
};
