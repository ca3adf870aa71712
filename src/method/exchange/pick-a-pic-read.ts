// Reading pairs in the columns of Pick-a-Pic: caption, jpg_0, jpg_1, label_0, label_1; ½ and ½ is a tie.

import { PAIR_RATER, type PreferenceDetails } from '../../project/rating/preferences.ts';
import { sha256 } from '../../util/hash.ts';
import { readText, wrong } from './columns.ts';
import type { ImportNotes } from './notes.ts';
import { readBytes, readParquet, readParquetInfo, requireColumns } from './parquet-read.ts';
import { listShards } from './shards.ts';
import type { Source } from './source.ts';
import type { Incoming } from './store-items.ts';
import type { IncomingPair } from './store-pairs.ts';

/** Identifiers of images as this project makes them; others have their own. */
const IMAGE_ID = /^[0-9a-f]{32}$/;

/**
 * Reads pairs as they are, and as good and bad images for the reward function: one that was preferred more often than not is
 * good, one less often bad, and one as often as not has no rating. The rater is called pick-a-pic. Pairs that a project wrote
 * were made of its answers, so that where it has those pictures they are no further ones.
 */
export async function* readPickAPic({ path, notes }: Source): AsyncGenerator<Incoming> {
  const found: Found = new Map();
  for (const [, file] of listShards(path, notes)) {
    requireColumns(file, await readParquetInfo(file), ['caption', 'jpg_0', 'jpg_1', 'label_0', 'label_1']);
    for await (const { row, number } of readParquet(file))
      await notes.attempt(() => readPair(row, `${file} row ${number}`, found, notes));
  }
  for (const { item, pairs, votes } of found.values()) {
    const answer = votes > 0 ? ('good' as const) : ('bad' as const);
    const rating = { rater: PAIR_RATER, answer, milliseconds: 0, guidelineVersion: 0 };
    yield { ...item, pairs, ratings: votes === 0 ? [] : [rating] };
  }
}

/** Pictures by caption, bytes and, where a project made it, identifier, with the pairs that they stand first in, and how much oftener than not each was preferred. */
type Found = Map<string, { item: Incoming; pairs: IncomingPair[]; votes: number }>;

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
  const written = typeof row.source === 'string';
  const entries = sides.map((bytes, i) => {
    const uid = String(row[`image_${i}_uid`] ?? '');
    const ours = written && IMAGE_ID.test(uid) ? { imageId: uid, derived: true } : {};
    // What others call a picture tells no two of the same pixels apart.
    const key = `${prompt}\n${sha256(bytes)}\n${'imageId' in ours ? uid : ''}`;
    const own = found.get(key) ?? {
      item: { where, key, prompt, picture: async () => bytes, ...ours, ratings: [] },
      pairs: [],
      votes: 0,
    };
    own.votes += labels[i]! - labels[1 - i]!;
    found.set(key, own);
    return { key, own };
  });
  const keys = entries.map(({ key }) => key) as [string, string];
  entries[0]!.own.pairs.push({ where, keys, share: labels[0]!, details: readDetails(row), derived: written });
}

/** Columns that a pair keeps. */
const DETAILS: readonly string[] = OWN.filter((name) => !/^(caption|has_label|jpg_\d|label_\d)$/.test(name));

function readDetails(row: Readonly<Record<string, unknown>>): PreferenceDetails {
  return Object.fromEntries(
    DETAILS.flatMap((name): [string, string | number][] => {
      const value = row[name];
      if (value === null || value === undefined || value === '') return [];
      return [[name, typeof value === 'bigint' || typeof value === 'number' ? Number(value) : String(value)]];
    }),
  );
}
