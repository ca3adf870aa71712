// What an import did not take, and how it read what it took: nothing is passed over in silence.

import { CollimateError } from '../../util/errors.ts';

/** Pictures, rows or files that were left out for one reason. */
export interface Omission {
  readonly reason: string;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly string[];
}

export interface ImportReport {
  readonly leftOut: readonly Omission[];
  /** Columns that are not read, with the number of rows that have something in them. */
  readonly passedOver: Readonly<Record<string, number>>;
  /** How things were read that could have been read otherwise, and how often. */
  readonly readAs: Readonly<Record<string, number>>;
  /** What was wrong with each row that `skipBad` left out, with its place. */
  readonly bad: readonly string[];
}

export interface ImportNotes {
  /** A picture, row or file that is none of what is read. */
  leaveOut(reason: string, what: string): void;
  /** A column that has something in it and is not read. */
  passOver(column: string): void;
  /** How one thing was read that could have been read otherwise. */
  readAs(words: string): void;
  /** Does the work of one row; where it is wrong, it is left out or, in the end, told of with all others. */
  attempt<T>(work: () => T | Promise<T>): Promise<T | undefined>;
  /** @throws CollimateError USAGE where a row was wrong and is not to be left out. */
  finish(): ImportReport;
}

const MOST_EXAMPLES = 5;
/** Wrong rows that are looked for before the first of them are told of. */
const MOST_BAD = 1000;

/** @param skipBad leave rows out that cannot be read, and list them */
export function createNotes({ skipBad = false }: { skipBad?: boolean | undefined } = {}): ImportNotes {
  const leftOut = new Map<string, { count: number; examples: string[] }>();
  const passedOver = new Map<string, number>();
  const readAs = new Map<string, number>();
  const bad: CollimateError[] = [];
  return {
    leaveOut(reason, what) {
      const own = leftOut.get(reason) ?? { count: 0, examples: [] };
      leftOut.set(reason, own);
      own.count++;
      if (own.examples.length < MOST_EXAMPLES) own.examples.push(what);
    },
    passOver: (column) => void passedOver.set(column, (passedOver.get(column) ?? 0) + 1),
    readAs: (words) => void readAs.set(words, (readAs.get(words) ?? 0) + 1),
    async attempt(work) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof CollimateError) || error.code !== 'USAGE') throw error;
        bad.push(error);
        if (!skipBad && bad.length >= MOST_BAD) throw refuseAll(bad);
        return undefined;
      }
    },
    finish() {
      if (!skipBad && bad.length > 0) throw refuseAll(bad);
      return {
        leftOut: [...leftOut].map(([reason, own]) => ({ reason, ...own })),
        passedOver: Object.fromEntries(passedOver),
        readAs: Object.fromEntries(readAs),
        bad: bad.map(({ message }) => message),
      };
    },
  };
}

const MOST_TOLD = 10;

function refuseAll(bad: readonly CollimateError[]): CollimateError {
  const [first, ...others] = bad;
  const told = others.slice(0, MOST_TOLD - 1).map(({ message }) => `\n  ${message}`);
  const more = others.length - told.length;
  const count = bad.length >= MOST_BAD ? `at least ${others.length}` : String(others.length);
  const rest = others.length === 0 ? '' : `\nand ${count} more like it:${told.join('')}${more > 0 ? '\n  …' : ''}`;
  const hint = first!.hint.replace(/\s*$/, '');
  return new CollimateError('USAGE', `${first!.message}${rest}`, `${hint} Or leave out what is wrong (--skip-bad).`, {
    cause: first,
  });
}
