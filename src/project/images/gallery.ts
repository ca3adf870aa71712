// Pages of images for people who look through many: by keyset, so that the thousandth page is as quick as the first.

import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Answer, ImagePurpose, ImageTable, PromptSplit, Tables } from '../database/schema.ts';
import { escapeLike, holdsText } from './search-text.ts';

type Maybe<T> = { [K in keyof T]?: T[K] | undefined };

export type GallerySort = 'newest' | 'oldest' | 'reward-high' | 'reward-low';
export type GalleryLabel = 'good' | 'bad' | 'mixed' | 'skipped' | 'unrated' | 'flagged';

export type GalleryFilter = Maybe<{
  category: string;
  split: PromptSplit;
  /** What a slot of the prompt holds. */
  slots: Record<string, string | number | undefined>;
  search: string;
  model: string;
  purpose: ImagePurpose;
  label: GalleryLabel;
  minReward: number;
  maxReward: number;
}>;

export interface GalleryImage extends Pick<ImageTable, 'id' | 'hash' | 'purpose' | 'modelHash' | 'createdAt'> {
  prompt: string;
  category: string;
  good: number;
  bad: number;
  skipped: number;
  reward: number | null;
}

export interface GalleryPage {
  /** Whose scores are meant by reward; without one, a filter or order by reward finds nothing. */
  rewardHash: string | undefined;
  filter: GalleryFilter;
  sort: GallerySort;
  limit: number;
  /** Where the page before ended. */
  after?: readonly [key: string | number, id: string] | undefined;
}

/** One page, and where the next one starts. */
export async function listGallery(
  db: Database,
  page: GalleryPage,
): Promise<{ images: GalleryImage[]; next: readonly [string | number, string] | null }> {
  const rows = await (page.sort.startsWith('reward') ? pageByReward(db, page) : pageByTime(db, page));
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    images: await describe(db, shown, page.rewardHash),
    next: rows.length > page.limit && last ? [last.key, last.id] : null,
  };
}

type Row = Pick<ImageTable, 'id' | 'hash' | 'purpose' | 'modelHash' | 'createdAt' | 'promptId'> & {
  key: string | number;
};

const COLUMNS = [
  'images.id',
  'images.hash',
  'images.purpose',
  'images.modelHash',
  'images.createdAt',
  'images.promptId',
] as const;

function pageByTime(db: Database, { filter, rewardHash, sort, limit, after }: GalleryPage): Promise<Row[]> {
  const down = sort === 'newest';
  let query = narrow(db.selectFrom('images'), filter, rewardHash)
    .select([...COLUMNS, 'images.createdAt as key'])
    .orderBy('images.createdAt', down ? 'desc' : 'asc')
    .orderBy('images.id', down ? 'desc' : 'asc')
    .limit(limit + 1);
  if (after)
    query = query.where((e) =>
      e(e.refTuple('images.createdAt', 'images.id'), down ? '<' : '>', e.tuple(String(after[0]), after[1])),
    );
  return query.execute();
}

function pageByReward(db: Database, { filter, rewardHash, sort, limit, after }: GalleryPage): Promise<Row[]> {
  const down = sort === 'reward-high';
  const scored = db
    .selectFrom('images')
    .innerJoin('rewards as scored', 'scored.imageId', 'images.id')
    .where('scored.rewardHash', '=', rewardHash ?? '');
  let query = narrow(scored as unknown as ImageQuery, filter, rewardHash)
    .select([...COLUMNS, sql<number>`scored.score`.as('key')])
    .orderBy(sql`scored.score`, down ? 'desc' : 'asc')
    .orderBy(sql`scored.image_id`, down ? 'desc' : 'asc')
    .limit(limit + 1);
  if (after)
    query = query.where(
      down
        ? sql<SqlBool>`(scored.score, scored.image_id) < (${Number(after[0])}, ${after[1]})`
        : sql<SqlBool>`(scored.score, scored.image_id) > (${Number(after[0])}, ${after[1]})`,
    );
  return query.execute();
}

type ImageQuery = SelectQueryBuilder<Tables, 'images', object>;

function narrow(query: ImageQuery, filter: GalleryFilter, rewardHash: string | undefined): ImageQuery {
  let narrowed = query;
  if (filter.model) narrowed = narrowed.where('images.modelHash', '=', filter.model);
  if (filter.purpose) narrowed = narrowed.where('images.purpose', '=', filter.purpose);
  if (asksForPrompt(filter)) narrowed = narrowed.where((e) => e('images.promptId', 'in', choosePrompts(e, filter)));
  if (filter.label) narrowed = narrowed.where((e) => matchLabel(e, filter.label!));
  if (filter.minReward !== undefined || filter.maxReward !== undefined)
    narrowed = narrowed.where((e) => matchReward(e, rewardHash ?? '', filter));
  return narrowed;
}

type ImageBuilder = ExpressionBuilder<Tables, 'images'>;

function asksForPrompt({ category, split, search, slots = {} }: GalleryFilter): boolean {
  return [category, split, search, ...Object.values(slots)].some((value) => value !== undefined && value !== '');
}

function choosePrompts(e: ImageBuilder, { category, split, search, slots = {} }: GalleryFilter) {
  let prompts = e.selectFrom('prompts').select('prompts.id');
  if (category) prompts = prompts.where('category', '=', category);
  if (split) prompts = prompts.where('split', '=', split);
  if (search) prompts = prompts.where(holdsText(search));
  for (const [name, value] of Object.entries(slots)) {
    if (value === undefined) continue;
    // Slots are JSON with keys in a fixed spelling, so a pair is found as text in both databases.
    const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    prompts = prompts.where(({ or, eb }) =>
      or(
        [',', '}'].map((end) =>
          eb(sql<string>`slots`, 'like', sql<string>`${`%${escapeLike(pair + end)}%`} escape '!'`),
        ),
      ),
    );
  }
  return prompts;
}

function matchLabel(e: ImageBuilder, label: GalleryLabel): Expression<SqlBool> {
  const answered = (answer: Answer) =>
    e.exists(
      e
        .selectFrom('ratings')
        .innerJoin('raters', 'raters.id', 'ratings.raterId')
        .select('ratings.imageId')
        .whereRef('ratings.imageId', '=', 'images.id')
        .where('raters.excluded', '=', 0)
        .where('answer', '=', answer),
    );
  switch (label) {
    case 'good':
      return e.and([answered('good'), e.not(answered('bad'))]);
    case 'bad':
      return e.and([answered('bad'), e.not(answered('good'))]);
    case 'mixed':
      return e.and([answered('good'), answered('bad')]);
    case 'skipped':
      return answered('skip');
    case 'unrated':
      return e.not(
        e.exists(e.selectFrom('ratings').select('ratings.imageId').whereRef('ratings.imageId', '=', 'images.id')),
      );
    case 'flagged':
      return e.exists(
        e
          .selectFrom('flags')
          .select('flags.imageId')
          .whereRef('flags.imageId', '=', 'images.id')
          .where('resolution', 'is', null),
      );
  }
}

function matchReward(
  e: ImageBuilder,
  rewardHash: string,
  { minReward, maxReward }: GalleryFilter,
): Expression<SqlBool> {
  let scores = e
    .selectFrom('rewards')
    .select('rewards.imageId')
    .whereRef('rewards.imageId', '=', 'images.id')
    .where('rewards.rewardHash', '=', rewardHash);
  if (minReward !== undefined) scores = scores.where('score', '>=', minReward);
  if (maxReward !== undefined) scores = scores.where('score', '<=', maxReward);
  return e.exists(scores);
}

/** Prompt, answers of raters who are not excluded, and reward of the images of one page. */
async function describe(db: Database, rows: readonly Row[], rewardHash: string | undefined): Promise<GalleryImage[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const prompts = await db
    .selectFrom('prompts')
    .select(['id', 'text', 'category'])
    .where('id', 'in', [...new Set(rows.map(({ promptId }) => promptId))])
    .execute();
  const answers = await db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .select((e) => ['imageId', 'answer', e.fn.countAll<number | string>().as('count')])
    .where('imageId', 'in', ids)
    .where('raters.excluded', '=', 0)
    .groupBy(['imageId', 'answer'])
    .execute();
  const scores = rewardHash
    ? await db
        .selectFrom('rewards')
        .select(['imageId', 'score'])
        .where('rewardHash', '=', rewardHash)
        .where('imageId', 'in', ids)
        .execute()
    : [];
  const texts = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  const rewards = new Map(scores.map(({ imageId, score }) => [imageId, score]));
  const countOf = (id: string, wanted: Answer) =>
    Number(answers.find(({ imageId, answer }) => imageId === id && answer === wanted)?.count ?? 0);
  return rows.map(({ key: _key, promptId, ...image }) => ({
    ...image,
    prompt: texts.get(promptId)!.text,
    category: texts.get(promptId)!.category,
    good: countOf(image.id, 'good'),
    bad: countOf(image.id, 'bad'),
    skipped: countOf(image.id, 'skip'),
    reward: rewards.get(image.id) ?? null,
  }));
}

export interface ImageCounts {
  total: number;
  byPurpose: { value: string; images: number }[];
  byModel: { value: string; images: number }[];
  byPrompt: { value: string; images: number }[];
}

/** How many images there are by purpose, model and prompt. */
export async function countImages(db: Database): Promise<ImageCounts> {
  const count = async (column: 'purpose' | 'modelHash' | 'promptId') => {
    const rows = await db
      .selectFrom('images')
      .select((e) => [`${column} as value`, e.fn.countAll<number | string>().as('images')])
      .groupBy(column)
      .orderBy(column)
      .execute();
    return (rows as { value: string; images: number | string }[]).map(({ value, images }) => ({
      value,
      images: Number(images),
    }));
  };
  const byPurpose = await count('purpose');
  return {
    total: byPurpose.reduce((sum, { images }) => sum + images, 0),
    byPurpose,
    byModel: await count('modelHash'),
    byPrompt: await count('promptId'),
  };
}

/** How many images of a purpose models of the project drew, and how many came from outside. */
export async function countDrawnAndImported(
  db: Database,
  purpose: ImagePurpose,
): Promise<{ drawn: number; outside: number }> {
  const { all, outside } = await db
    .selectFrom('images')
    .select((e) => [
      e.fn.countAll<number | string>().as('all'),
      // The recipe of what was not drawn here names no sampler.
      sql<number | string | null>`sum(case when sampler = 'none' then 1 else 0 end)`.as('outside'),
    ])
    .where('purpose', '=', purpose)
    .executeTakeFirstOrThrow();
  return { drawn: Number(all) - Number(outside ?? 0), outside: Number(outside ?? 0) };
}

/** The lowest and the highest score that a reward model gave; undefined before it gave any. */
export async function readRewardRange(
  db: Database,
  rewardHash: string,
): Promise<{ low: number; high: number } | undefined> {
  const row = await db
    .selectFrom('rewards')
    .select((e) => [e.fn.min('score').as('low'), e.fn.max('score').as('high')])
    .where('rewardHash', '=', rewardHash)
    .executeTakeFirst();
  return row?.low === null || row?.low === undefined ? undefined : { low: Number(row.low), high: Number(row.high) };
}
