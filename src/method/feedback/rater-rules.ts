// Rules over a rater's latest answers: which of them find something, and what follows. Nothing is read or stored here.

import type { Config } from '../../project/config/config.ts';
import type { NoticeAction, NoticeRule } from '../../project/database/schema-queue.ts';
import { median } from '../../statistics/median.ts';
import { type AnswerPair, shareAlike } from '../quality/raters.ts';

export type RaterRules = Config['studio']['rules'];

/** A rater's answers since a rule spoke last. */
export interface RaterEvidence {
  /** The latest first. */
  readonly answers: readonly { readonly answer: string; readonly milliseconds: number }[];
  /** Beside the known answers. */
  readonly gold: readonly AnswerPair[];
  /** Beside the majority of the others. */
  readonly rest: readonly AnswerPair[];
}

export interface RuleFinding {
  readonly rule: Exclude<NoticeRule, 'test' | 'admin'>;
  readonly action: NoticeAction;
  /** For admins. */
  readonly detail: string;
}

type Rule = RuleFinding['rule'];

/** What each rule says of the evidence, if anything, for its bound. */
const RULES: { readonly [R in Rule]: (evidence: RaterEvidence, bound: number) => string | undefined } = {
  gold: ({ gold }, least) => sayShare(gold, least, 'gold answers right'),
  agreement: ({ rest }, least) => sayShare(rest, least, 'answers like the majority of the others'),
  seconds: ({ answers }, least) => {
    const seconds = (median(answers.map(({ milliseconds }) => milliseconds)) ?? Number.POSITIVE_INFINITY) / 1000;
    return seconds < least
      ? `median of ${seconds.toFixed(1)} s over ${answers.length} answers; at least ${least} s wanted`
      : undefined;
  },
  run: ({ answers }, most) => {
    const other = answers.findIndex(({ answer }) => answer !== answers[0]!.answer);
    const length = other < 0 ? answers.length : other;
    return length >= most ? `the last ${length} answers are all ${answers[0]!.answer}` : undefined;
  },
};

export const RULE_NAMES = Object.keys(RULES) as Rule[];

/** Whether any rule is on. */
export const hasRules = (rules: RaterRules): boolean => RULE_NAMES.some((rule) => rules[rule] > 0);

/** What a rule finds; nothing where it is off, or where there are fewer than `rules.after` answers. */
export function applyRule(rule: Rule, rules: RaterRules, evidence: RaterEvidence): RuleFinding | undefined {
  if (rules[rule] === 0 || evidence.answers.length < rules.after) return undefined;
  const detail = RULES[rule](evidence, rules[rule]);
  return detail === undefined ? undefined : { rule, action: rules[`${rule}Then`], detail };
}

/** Speaks where even the upper end of the 95 % interval is below, so that a few unlucky answers pause nobody. */
function sayShare(pairs: readonly AnswerPair[], least: number, what: string): string | undefined {
  const share = shareAlike(pairs);
  if (share?.high == null || share.high >= least) return undefined;
  const alike = Math.round(share.estimate * pairs.length);
  return `${alike} of ${pairs.length} ${what}; at least ${Math.round(100 * least)} % wanted`;
}
