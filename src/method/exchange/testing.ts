// A project with pictures and answers, and what of it must survive a round trip.

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { encodePng } from '../../pictures/image.ts';
import type { Answer } from '../../project/database/schema.ts';
import { imageId, insertImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { createProject, type Project } from '../../project/project.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { BASE_HASH, makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { readItems } from './items.ts';
import type { ImportSummary } from './store-items.ts';

export const EXCHANGE_PROMPTS = ['two green dogs in a city', '=HYPERLINK("x"), a "quoted"\nprompt — naïve', "'-1 cat"];

export async function makeEmptyProject(t: TestContext): Promise<Project> {
  const project = await createProject(join(makeTemporaryDir(t), 'project'));
  t.after(() => project.close());
  return project;
}

/** Three prompts with three pictures each; the third of each prompt is unrated or skipped. */
export async function makeFilledProject(t: TestContext): Promise<Project> {
  const project = await makeEmptyProject(t);
  const { db, images: blobs } = project;
  await addGuideline(db, 'Good shows what the prompt says.');
  const slots = { count: 2, color: 'green', subject: 'dog', background: 'city' };
  await insertPrompts(db, [
    { text: EXCHANGE_PROMPTS[0]!, category: 'combination', slots, split: 'seen' },
    { text: EXCHANGE_PROMPTS[1]!, category: 'free', slots: {}, split: 'seen' },
    { text: EXCHANGE_PROMPTS[2]!, category: 'odd', slots: {}, split: 'unseen' },
  ]);
  await putModel(db, { hash: BASE_HASH, kind: 'base', path: 'embedded' });
  for (const id of ['ann', 'bob']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const answers: (Answer | undefined)[] = ['good', 'bad', 'skip'];
  for (const [p, text] of EXCHANGE_PROMPTS.entries()) {
    for (const seed of [0, 1, 2]) {
      // The second picture of each prompt was asked for in a size of its own, and drawn in halves.
      const size = seed === 1 ? { width: 48, height: 24, precision: 'float16', vaeTile: 32 } : {};
      const { width = 32, height = 32 } = size;
      const pixels = Uint8Array.from(random(seed, 'exchange', p).uniforms(width * height * 3, 0, 256));
      const recipe = {
        promptId: promptId(text),
        seed,
        sampler: 'ddim',
        steps: 20,
        guidanceScale: 7.5,
        modelHash: BASE_HASH,
        purpose: 'feedback' as const,
        ...size,
      };
      await insertImages(db, [{ ...recipe, hash: await blobs.putBlob(await encodePng(pixels, width, height)) }]);
      const common = { imageId: imageId(recipe), guidelineVersion: 1, ratedAt: '2026-01-01T00:00:00.000Z' };
      const why = seed === 1 && p === 0 ? { words: ['two', 'green'], note: '=1 dog, “gray”' } : {};
      await insertRatings(db, [
        { ...common, raterId: 'ann', answer: answers[seed]!, milliseconds: 1000 + seed, ...why },
        ...(seed < 2 ? [{ ...common, raterId: 'bob', answer: answers[(seed + p) % 2]!, milliseconds: 2000 }] : []),
      ]);
    }
  }
  return project;
}

/** What an import says that stored nothing and found nothing. */
export const NOTHING: ImportSummary = {
  images: 0,
  knownImages: 0,
  prompts: 0,
  decisions: 0,
  knownDecisions: 0,
  ratings: 0,
  changedRatings: 0,
  knownRatings: 0,
  olderRatings: 0,
  derivedRatings: 0,
  pairs: 0,
  knownPairs: 0,
  timesWithoutOffset: 0,
  remarks: {},
  notes: { leftOut: [], passedOver: {}, readAs: {}, bad: [] },
};

/** Everything about the images of a project that a format with all columns must keep; raters by what they answered. */
export async function describeProject(project: Project) {
  const described = (await readItems(project)).map(
    async ({ imageId: id, hash, prompt, category, split, recipe, ratings }) => ({
      id,
      hash,
      stored: await project.images.hasBlob(hash),
      prompt,
      category,
      split,
      recipe,
      ratings: ratings
        .map(({ answer, milliseconds, ratedAt, words, note }) =>
          [answer, milliseconds, ratedAt, words.join('+'), note].join(' '),
        )
        .sort(),
    }),
  );
  return Promise.all(described);
}

/** How many rows there are of all that an import could leave. */
export async function countRows({ db }: Project): Promise<number[]> {
  const tables = ['images', 'prompts', 'ratings', 'raters', 'guidelines', 'models'] as const;
  const counts = tables.map((name) =>
    db
      .selectFrom(name)
      .select((e) => e.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow(),
  );
  return (await Promise.all(counts)).map(({ count }) => Number(count));
}
