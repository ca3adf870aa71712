// Preferences in the columns of Pick-a-Pic (Kirstain et al., 2023): caption, jpg_0, jpg_1, label_0, label_1; ½ and ½ is a
// tie. Pairs come from good and bad answers about images of one prompt, and from the answers of pair studies.

import { listImages } from '../../project/images/images.ts';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import type { Project } from '../../project/project.ts';
import { listStudies } from '../../project/studies/studies.ts';
import { listStudyVotes } from '../../project/studies/study-votes.ts';
import { sha256 } from '../../util/hash.ts';
import { random } from '../../util/random.ts';
import { readText, wrong } from './columns.ts';
import type { Item } from './items.ts';
import type { ImportNotes } from './notes.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';
import { readBytes, readParquet, readParquetInfo, requireColumns } from './parquet-read.ts';
import type { Source } from './source.ts';
import type { Incoming } from './store-items.ts';

interface Side {
  readonly imageId: string;
  readonly hash: string;
  readonly seed: number;
  readonly modelHash: string;
}

/** One row; `first` stood on the left where people saw both. */
interface Preference {
  readonly caption: string;
  readonly sides: readonly [Side, Side];
  /** 1, ½ or 0. */
  readonly first: number;
  /** `labels` or the name of a study. */
  readonly source: string;
  readonly question: string | null;
  readonly rater: string | null;
  readonly sideShown: string | null;
  readonly milliseconds: number | null;
  readonly ratedAt: string | null;
}

/** Writes one Parquet file. The pictures are PNG, as they are stored; readers of `jpg_0` tell by the content. */
export async function writePickAPic(project: Project, items: readonly Item[], out: string): Promise<void> {
  const rows = [...pairLabels(items), ...(await readStudyPairs(project))];
  if (rows.length === 0)
    throw wrong(
      'pick-a-pic',
      'no prompt has both a good and a bad image, and no pair study has answers',
      'Rate more images.',
    );
  const column = (name: string, kind: ParquetColumn['kind'], value: (row: Preference) => unknown) => ({
    name,
    kind,
    values: rows.map(value),
  });
  const perSide = ([0, 1] as const).flatMap((i) => [
    column(`jpg_${i}`, 'binary', ({ sides }) => project.images.getBlob(sides[i].hash)),
    column(`label_${i}`, 'float64', ({ first }) => (i === 0 ? first : 1 - first)),
    column(`image_${i}_uid`, 'string', ({ sides }) => sides[i].imageId),
    column(`model_${i}`, 'string', ({ sides }) => sides[i].modelHash),
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
  modelHash: recipe.modelHash,
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

/** One row for each answer of a rater who is not excluded, left first. */
async function readStudyPairs({ db }: Project): Promise<Preference[]> {
  const images = new Map((await listImages(db)).map((image) => [image.id, image]));
  const pseudonyms = await readPseudonyms(db);
  const side = (id: string): Side => {
    const { hash, seed, modelHash } = images.get(id)!;
    return { imageId: id, hash, seed, modelHash };
  };
  const rows: Preference[] = [];
  for (const { id, name } of await listStudies(db)) {
    for (const vote of await listStudyVotes(db, id)) {
      if (vote.excluded) continue;
      const [left, right] = vote.leftIs === 'a' ? [vote.imageA, vote.imageB] : [vote.imageB, vote.imageA];
      rows.push({
        caption: vote.prompt,
        sides: [side(left), side(right)],
        first: vote.answer === 'tie' ? 0.5 : vote.answer === 'left' ? 1 : 0,
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

/** Identifiers of images as this project makes them; others have their own. */
const IMAGE_ID = /^[0-9a-f]{32}$/;

/**
 * Reads pairs as good and bad images: one that was preferred more often than not is good, one less often bad, and one as often
 * as not has no rating. The rater is called pick-a-pic. Pairs that a project wrote were made of its answers, so that where
 * it has those pictures they are no further ones.
 */
export async function* readPickAPic({ path, notes }: Source): AsyncGenerator<Incoming> {
  const found: Found = new Map();
  requireColumns(path, await readParquetInfo(path), ['caption', 'jpg_0', 'jpg_1', 'label_0', 'label_1']);
  for await (const { row, number } of readParquet(path))
    await notes.attempt(() => readPair(row, `${path} row ${number}`, found, notes));
  for (const { item, votes } of found.values()) {
    const answer = votes > 0 ? ('good' as const) : ('bad' as const);
    const rating = { rater: 'pick-a-pic', answer, milliseconds: 0, guidelineVersion: 0 };
    yield votes === 0 ? item : { ...item, ratings: [rating] };
  }
}

/** Pictures by caption, bytes and identifier, with how much oftener than not each was preferred. */
type Found = Map<string, { item: Incoming; votes: number }>;

/** Columns that are read here, and those that our own exports have besides. */
const OWN: readonly string[] = [
  ...['caption', 'has_label', 'source', 'question', 'rater', 'side_shown', 'milliseconds', 'rated_at'],
  ...[0, 1].flatMap((i) => [`jpg_${i}`, `label_${i}`, `image_${i}_uid`, `model_${i}`, `seed_${i}`]),
];

function readPair(row: Readonly<Record<string, unknown>>, where: string, found: Found, notes: ImportNotes): void {
  if (row.has_label === false) {
    notes.leaveOut('pair without a label', where);
    return;
  }
  const prompt = readText(row.caption, 'caption', where);
  const labels = [row.label_0, row.label_1].map((label) => (label === null ? Number.NaN : Number(label)));
  if (!labels.every((label) => label >= 0 && label <= 1) || Math.abs(labels[0]! + labels[1]! - 1) > 1e-6)
    throw wrong(
      where,
      `label_0 and label_1: expected 1 and 0, 0 and 1, or 0.5 and 0.5, got ${row.label_0} and ${row.label_1}`,
    );
  const sides = [0, 1].map((i) => readBytes(row[`jpg_${i}`], `jpg_${i}`, where));
  for (const name of Object.keys(row)) if (!OWN.includes(name)) notes.passOver(name);
  for (const [i, bytes] of sides.entries()) {
    const uid = String(row[`image_${i}_uid`] ?? '');
    const ours = typeof row.source === 'string' && IMAGE_ID.test(uid) ? { imageId: uid, derived: true } : {};
    const key = `${prompt}\n${sha256(bytes)}\n${uid}`;
    const own = found.get(key) ?? {
      item: { where, prompt, picture: async () => bytes, ...ours, ratings: [] },
      votes: 0,
    };
    own.votes += labels[i]! - labels[1 - i]!;
    found.set(key, own);
  }
}
