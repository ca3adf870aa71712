// A verdict as a few lines for the terminal.

import type { Interval } from '../../statistics/bootstrap.ts';
import { formatTable, plural } from '../../util/text.ts';
import { relationOfP, sayVerdict } from './sentence.ts';
import type { StudyVerdict, VerdictRow } from './verdict.ts';

/** What stands above every verdict that no person gave. */
export const SIMULATED_NOTICE = {
  all: 'SIMULATED RATERS – NO PERSON HAS ANSWERED. This shows how a study runs; it is no human verdict.',
  some: 'SOME RATERS ARE SIMULATED. This is no human verdict until their answers are excluded.',
} as const;

/** The notice in a frame, for the terminal; empty where people answered. */
export function frameNotice(simulated: StudyVerdict['simulated']): string {
  if (simulated === 'none') return '';
  const text = SIMULATED_NOTICE[simulated];
  const bar = '█'.repeat(text.length + 6);
  return `${bar}\n██ ${text} ██\n${bar}\n\n`;
}

export function describeVerdict(verdict: StudyVerdict): string {
  const { study, pairs, raters, votes, registered, registration, simulated } = verdict;
  const sealed = registered
    ? `Registered before the first answer as ${registration.slice(0, 12)}; prompts, pairs and plan are unchanged.`
    : `NOT AS REGISTERED (${registration.slice(0, 12)}): prompts, pairs or plan were changed afterwards.`;
  const head = `${frameNotice(simulated)}Study ${study}: ${plural(votes, 'answer')} of ${plural(raters, 'rater')} about ${plural(pairs, 'pair')}.\n${sealed}\n\n${sayVerdict(verdict)}`;
  if (verdict.rows.length === 0) return head;
  const columns = [
    '',
    'split',
    'category',
    'win',
    'lose',
    'tie',
    'win − lose',
    '95 %',
    'preferred',
    '95 %',
    'sign test',
  ];
  const rows = verdict.rows.map((row, i) => [title(verdict.rows, i), ...cells(row)]);
  return [head, '', formatTable([columns, ...rows]), '', closing(verdict)].join('\n');
}

function title(rows: readonly VerdictRow[], i: number): string {
  const { a, b, question } = rows[i]!;
  const before = rows[i - 1];
  return before?.a === a && before.b === b && before.question === question ? '' : `${a} vs ${b}, ${question}`;
}

function cells({ split, category, figures: { win, lose, tie, net, preference }, signs }: VerdictRow): string[] {
  return [
    split,
    category,
    percent(win.estimate),
    percent(lose.estimate),
    percent(tie.estimate),
    points(net.estimate),
    range(net),
    percent(preference.estimate),
    range(preference),
    `${signs.wins}:${signs.losses}, p ${relationOfP(signs.p)}`,
  ];
}

function closing(verdict: StudyVerdict): string {
  const { agreement, leftShare, medianSeconds, excludedRaters, bothBad, skipped } = verdict;
  const agree = agreement.map(
    ({ question, alpha, agreement: share }) =>
      `${question} ${percent(share)} alike, α ${alpha === null ? 'not defined' : alpha.toFixed(2)}`,
  );
  const facts = [
    agree.length > 0 ? `Agreement of raters: ${agree.join('; ')}.` : 'No pair was answered by two raters.',
    leftShare === null ? '' : `Left was chosen in ${percent(leftShare)} of decided answers.`,
    bothBad ? `${percent(bothBad)} called both pictures bad, which counts as a tie.` : '',
    skipped > 0 ? `${plural(skipped, 'answer was', 'answers were')} skipped.` : '',
    medianSeconds === null ? '' : `The median answer took ${medianSeconds.toFixed(1)} s.`,
    excludedRaters > 0
      ? `${plural(excludedRaters, 'rater is', 'raters are')} excluded; their votes are in the export.`
      : '',
  ];
  return facts.filter(Boolean).join(' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)}`;
}

function range({ low, high }: Interval): string {
  const show = (value: number) => (100 * value).toFixed(1).replace('-', '−');
  return low === null || high === null ? 'not known' : `${show(low)} to ${show(high)}`;
}
