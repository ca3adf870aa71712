// A verdict in words: the one place that says who wins. The command line, the report and the studio print what it says. Pure.

import { plural } from '../../util/text.ts';
import { primaryRow, type StudyVerdict, sideOf, type VerdictRow } from './verdict.ts';

/** The level of the sign test, as plans register it. */
const LEVEL = 0.05;
/** Below so many raters a 95 % interval covers less than it says. */
const ENOUGH_RATERS = 4;

/**
 * How a comparison came out: 1 where `a` is clearly ahead, −1 where `b` is, 0 where neither can be told. Clear takes both:
 * p of the sign test at most 0.05, and an interval of `win − lose` without zero.
 */
function clearSide({ figures: { net }, signs }: VerdictRow): -1 | 0 | 1 {
  return signs.p <= LEVEL ? sideOf(net) : 0;
}

/** The primary outcome, and what stands against taking it as final. */
export function sayVerdict(verdict: StudyVerdict): string {
  const primary = primaryRow(verdict);
  if (!primary) return 'Nobody has answered yet.';
  return [sayOutcome(primary), ...reservations(verdict, primary)].join(' ');
}

function sayOutcome(row: VerdictRow): string {
  const { a, b, split, figures, signs } = row;
  const result = {
    1: `${a} follows the prompt better than ${b}`,
    0: `there is no clear difference between ${a} and ${b}`,
    [-1]: `${a} follows the prompt less well than ${b}`,
  }[clearSide(row)];
  const shares = `${percent(figures.win.estimate)} of pairs won, ${percent(figures.lose.estimate)} lost`;
  return `On ${split} prompts, ${result}: ${shares} (sign test p ${relationOfP(signs.p)}).`;
}

function reservations({ pairs, pairsDone, ratersPerPair }: StudyVerdict, { raters }: VerdictRow): string[] {
  const people = (count: number) => plural(count, 'rater');
  return [
    ...(pairsDone < pairs
      ? [`Not finished: ${pairsDone} of ${plural(pairs, 'pair has', 'pairs have')} ${people(ratersPerPair)}.`]
      : []),
    ...(raters < ENOUGH_RATERS ? [`Only ${people(raters)} answered: others may see it otherwise.`] : []),
  ];
}

/** A p as people write it after its name: `= 0.031`, `< 0.000001`. */
export function relationOfP(p: number): string {
  if (p < 1e-6) return '< 0.000001';
  return `= ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
