// Columns and folders that say good or bad of a picture without saying who does: the labels of other data sets. They become the
// answers of one rater. A column counts as such only where all of it can be read so: 0 and 1 among other numbers are classes.

import type { Answer } from '../../project/database/schema.ts';
import { fromRatingColumns } from './columns.ts';
import type { ImportNotes } from './notes.ts';
import type { IncomingRating } from './store-answers.ts';

/** The rater that labels belong to, where none is named. */
export const LABEL_RATER = 'labels';

/** A label: an answer, or as much good as bad. */
type Label = Answer | 'tie';

const WORDS: Readonly<Record<string, Label>> = {
  good: 'good',
  yes: 'good',
  true: 'good',
  bad: 'bad',
  no: 'bad',
  false: 'bad',
  skip: 'skip',
};

/** Columns that may be labels, the first that is filled counting. */
const COLUMNS = ['answer', 'label'] as const;

/** What reads the label of a row, and what it is called in words. */
export interface LabelReader {
  /** The columns that it reads, and that of raters. */
  readonly columns: readonly string[];
  /** In words. */
  readonly column: string;
  read(row: Readonly<Record<string, unknown>>): Label | undefined;
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/**
 * The column of labels of a table: counts of good and bad answers, words, or numbers from 0 to 1, where above one half is good.
 *
 * @param classNames the names that stand for whole numbers, by column
 */
export function findLabels(
  rows: readonly Readonly<Record<string, unknown>>[],
  classNames: Readonly<Record<string, readonly string[]>> = {},
): LabelReader | undefined {
  const counted = rows.some((row) => !isEmpty(row.good) || !isEmpty(row.bad));
  if (counted && rows.every((row) => isCount(row.good) && isCount(row.bad)))
    return {
      columns: ['good', 'bad', 'rater'],
      column: 'the columns good and bad',
      read: ({ good, bad }) => compare(Number(good ?? 0), Number(bad ?? 0)),
    };
  for (const column of COLUMNS) {
    const values = rows.map((row) => row[column]).filter((value) => !isEmpty(value));
    const names = classNames[column];
    if (values.length > 0 && values.every((value) => toLabel(value, names) !== undefined))
      return {
        columns: [column, 'rater'],
        column: `the column ${column} (true, 1 or above one half is good)`,
        read: (row) => (isEmpty(row[column]) ? undefined : toLabel(row[column], names)),
      };
  }
  return undefined;
}

const isCount = (value: unknown) => isEmpty(value) || (Number.isInteger(Number(value)) && Number(value) >= 0);

function compare(good: number, bad: number): Label | undefined {
  if (good + bad === 0) return undefined;
  return good > bad ? 'good' : good < bad ? 'bad' : 'tie';
}

/** What one value says; undefined where it is no label. */
export function toLabel(value: unknown, names?: readonly string[]): Label | undefined {
  if (typeof value === 'boolean') return value ? 'good' : 'bad';
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (names) return WORDS[names[Number(value)]?.toLowerCase() ?? ''];
    return Number(value) >= 0 && Number(value) <= 1 ? compare(Number(value), 1 - Number(value)) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  return Object.hasOwn(WORDS, word)
    ? WORDS[word]
    : word !== '' && Number.isFinite(Number(word))
      ? toLabel(Number(word))
      : undefined;
}

/**
 * The answer that a label is, if it is one.
 *
 * @param source what the label is from, in words
 * @throws CollimateError USAGE where the rater is none
 */
export function answerLabel(
  label: Label | undefined,
  source: string,
  notes: ImportNotes,
  { where, rater }: { where: string; rater?: unknown },
): IncomingRating[] {
  if (label === undefined) return [];
  if (label === 'tie') {
    notes.readAs(`label of ${source} as much good as bad, which is no answer`);
    return [];
  }
  notes.readAs(`answer from ${source}`);
  const isNamed = !isEmpty(rater) && !(typeof rater === 'string' && rater.trim() === '');
  return [fromRatingColumns({ rater: isNamed ? rater : LABEL_RATER, answer: label }, where)];
}

/** What the folder says that a picture lies in, as the class folders of Hugging Face datasets and PyTorch do. */
export function readFolderLabel(name: string): Label | undefined {
  const folder = name.split('/').at(-2)?.toLowerCase();
  return folder === 'good' || folder === 'bad' ? folder : undefined;
}
