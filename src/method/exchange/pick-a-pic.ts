// Preferences in the columns of Pick-a-Pic (Kirstain et al., 2023): caption, jpg_0, jpg_1, label_0, label_1; ½ and ½ is a
// tie. Pairs that came as pairs go out as they came; others are made of good and bad answers about images of one prompt, and of
// the answers of pair studies and the best of sheets. Reading is in pick-a-pic-read.ts.

import { listImages } from '../../project/images/images.ts';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import type { Project } from '../../project/project.ts';
import { listPairRaters, listPreferences } from '../../project/rating/preferences.ts';
import { listSheetChoices } from '../../project/rating/sheet-choices.ts';
import { listStudies } from '../../project/studies/studies.ts';
import { listStudyVotes } from '../../project/studies/study-votes.ts';
import { random } from '../../util/random.ts';
import { wrong } from './columns.ts';
import type { Item } from './items.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';

interface Side {
  /** What its file called it, where it came in one. */
  readonly imageId: string | null;
  readonly hash: string;
  readonly seed: number | null;
  readonly model: string | null;
}

/** One row; `first` stood on the left where people saw both. */
interface Preference {
  readonly caption: string;
  readonly sides: readonly [Side, Side];
  /** 1, ½ or 0. */
  readonly first: number;
  /** `labels`, the name of a study, or what its file said. */
  readonly source: string | null;
  readonly question: string | null;
  readonly rater: string | null;
  readonly sideShown: string | null;
  readonly milliseconds: number | null;
  readonly ratedAt: string | null;
}

/** Writes one Parquet file. The pictures are PNG, as they are stored; readers of `jpg_0` tell by the content. */
export async function writePickAPic(project: Project, items: readonly Item[], out: string): Promise<void> {
  const came = await readStoredPairs(project, items);
  const rows = [
    ...came,
    ...pairLabels(await withoutDerived(project, items)),
    ...(await readStudyPairs(project)),
    ...(await readSheetPairs(project, items)),
  ];
  if (rows.length === 0)
    throw wrong(
      'pick-a-pic',
      'no prompt has both a good and a bad image, and neither a pair study nor the best of a sheet has answers',
      'Rate more images.',
    );
  const read = await project.images.openReader(rows.flatMap(({ sides }) => sides.map(({ hash }) => hash)));
  const column = (name: string, kind: ParquetColumn['kind'], value: (row: Preference) => unknown) => ({
    name,
    kind,
    values: rows.map(value),
  });
  const perSide = ([0, 1] as const).flatMap((i) => [
    column(`jpg_${i}`, 'binary', ({ sides }) => read(sides[i].hash)),
    column(`label_${i}`, 'float64', ({ first }) => (i === 0 ? first : 1 - first)),
    column(`image_${i}_uid`, 'string', ({ sides }) => sides[i].imageId),
    column(`model_${i}`, 'string', ({ sides }) => sides[i].model),
    column(`seed_${i}`, 'int64', ({ sides }) => sides[i].seed),
  ]);
  writeParquet(out, [
    column('caption', 'string', ({ caption }) => caption),
    ...perSide,
    column('has_label', 'bool', () => true),
    column('source', 'string', ({ source }) => source),
    column('question', 'string', ({ question }) => question),
    column('rater', 'string', ({ rater }) => rater),
    column('side_shown', 'string', ({ sideShown }) => sideShown),
    column('milliseconds', 'int32', ({ milliseconds }) => milliseconds),
    column('rated_at', 'string', ({ ratedAt }) => ratedAt),
  ]);
}

const toSide = ({ imageId, hash, recipe }: Item): Side => ({
  imageId,
  hash,
  seed: recipe.seed,
  model: recipe.modelHash,
});

/** Of each prompt, its good images beside its bad ones, as many pairs as the more frequent kind has; sides by chance. */
function pairLabels(items: readonly Item[]): Preference[] {
  const prompts = new Map<string, { good: Item[]; bad: Item[] }>();
  for (const item of items) {
    const count = (answer: string) => item.ratings.filter((rating) => rating.answer === answer).length;
    const [good, bad] = [count('good'), count('bad')];
    if (good === bad) continue;
    const own = prompts.get(item.prompt) ?? { good: [], bad: [] };
    own[good > bad ? 'good' : 'bad'].push(item);
    prompts.set(item.prompt, own);
  }
  return [...prompts].flatMap(([caption, { good, bad }]) => {
    if (good.length === 0 || bad.length === 0) return [];
    const rng = random(0, 'pick-a-pic', caption);
    return Array.from({ length: Math.max(good.length, bad.length) }, (_, i): Preference => {
      const [better, worse] = [toSide(good[i % good.length]!), toSide(bad[i % bad.length]!)];
      const first = rng.int(2);
      const rest = { question: null, rater: null, sideShown: null, milliseconds: null, ratedAt: null };
      return { caption, sides: first === 1 ? [better, worse] : [worse, better], first, source: 'labels', ...rest };
    });
  });
}

/** Pairs that came as pairs, of these items, in the order in which they came. */
async function readStoredPairs({ db }: Project, items: readonly Item[]): Promise<Preference[]> {
  const byId = new Map(items.map((item) => [item.imageId, item]));
  return (await listPreferences(db)).flatMap(({ firstImage, secondImage, share, details }): Preference[] => {
    const [first, second] = [byId.get(firstImage), byId.get(secondImage)];
    if (!first || !second) return [];
    const text = (name: string) => (details[name] === undefined ? null : String(details[name]));
    const number = (name: string) => (details[name] === undefined ? null : Number(details[name]));
    const side = ({ hash }: Item, i: number): Side => {
      return { imageId: text(`image_${i}_uid`), hash, seed: number(`seed_${i}`), model: text(`model_${i}`) };
    };
    return [
      {
        caption: first.prompt,
        sides: [side(first, 0), side(second, 1)],
        first: share,
        source: text('source'),
        question: text('question'),
        rater: text('rater'),
        sideShown: text('side_shown'),
        milliseconds: number('milliseconds'),
        ratedAt: text('rated_at'),
      },
    ];
  });
}

/** The items without answers that an import made of pairs which go out themselves. */
async function withoutDerived({ db }: Project, items: readonly Item[]): Promise<Item[]> {
  const paired = new Set(
    (await listPreferences(db)).flatMap(({ firstImage, secondImage }) => [firstImage, secondImage]),
  );
  const pseudonyms = await readPseudonyms(db);
  const derived = new Set((await listPairRaters(db)).map((id) => pseudonyms.get(id)?.name));
  return items.map((item) =>
    paired.has(item.imageId) ? { ...item, ratings: item.ratings.filter(({ rater }) => !derived.has(rater)) } : item,
  );
}

/** The best of each sheet over each other of it, one row a rater and pair, on random sides. */
async function readSheetPairs({ db }: Project, items: readonly Item[]): Promise<Preference[]> {
  const byId = new Map(items.map((item) => [item.imageId, item]));
  const pseudonyms = await readPseudonyms(db);
  return (await listSheetChoices(db)).flatMap(({ id, raterId, bestImage, others, milliseconds, chosenAt }) => {
    const best = byId.get(bestImage);
    return others.flatMap((other): Preference[] => {
      const worse = byId.get(other);
      if (!best || !worse) return [];
      const first = random(0, 'pick-a-pic', id, other).int(2);
      return [
        {
          caption: best.prompt,
          sides: first === 1 ? [toSide(best), toSide(worse)] : [toSide(worse), toSide(best)],
          first,
          source: 'sheet',
          question: 'best',
          rater: pseudonyms.get(raterId)!.name,
          sideShown: null,
          milliseconds,
          ratedAt: chosenAt,
        },
      ];
    });
  });
}

/** One row for each answer of a rater who is not excluded, left first. */
async function readStudyPairs({ db }: Project): Promise<Preference[]> {
  const images = new Map((await listImages(db)).map((image) => [image.id, image]));
  const pseudonyms = await readPseudonyms(db);
  const side = (id: string): Side => {
    const { hash, seed, modelHash } = images.get(id)!;
    return { imageId: id, hash, seed, model: modelHash };
  };
  const rows: Preference[] = [];
  for (const { id, name } of await listStudies(db)) {
    for (const vote of await listStudyVotes(db, id)) {
      if (vote.excluded || vote.choice === 'none') continue;
      const [left, right] = vote.leftIs === 'a' ? [vote.imageA, vote.imageB] : [vote.imageB, vote.imageA];
      rows.push({
        caption: vote.prompt,
        sides: [side(left), side(right)],
        first: vote.choice === 'tie' ? 0.5 : vote.answer === 'left' ? 1 : 0,
        source: name,
        question: vote.question,
        rater: pseudonyms.get(vote.raterId)!.name,
        sideShown: `left is ${vote.leftIs}`,
        milliseconds: vote.milliseconds,
        ratedAt: vote.answeredAt,
      });
    }
  }
  return rows;
}
