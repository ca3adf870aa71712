// The verdict of people: win, lose and tie by majority, with intervals, the sign test and how far raters agree. Pure.

import { type Agreement, measureAgreement } from '../../method/quality/agreement.ts';
import type { PromptSplit, StudyQuestion } from '../../project/database/schema.ts';
import type { Study } from '../../project/studies/studies.ts';
import type { StudyVote } from '../../project/studies/study-votes.ts';
import type { Interval } from '../../statistics/bootstrap.ts';
import { median } from '../../statistics/median.ts';
import { signTest } from '../../statistics/sign-test.ts';
import { SPLITS } from '../evaluation/plan.ts';
import { crossedIntervals, type TallyIntervals } from './crossed-bootstrap.ts';
import { countSigns, type VotedPair } from './tally.ts';

export interface VerdictOptions {
  /** Resamples behind each interval. */
  readonly samples: number;
  readonly seed: number;
}

/** What raters said of one comparison, question, split and category: `a` wins, loses or ties against `b`. */
export interface VerdictRow {
  readonly a: string;
  readonly b: string;
  readonly question: StudyQuestion;
  readonly split: PromptSplit;
  readonly category: string;
  readonly pairs: number;
  readonly prompts: number;
  readonly raters: number;
  readonly votes: number;
  readonly figures: TallyIntervals;
  /** Prompts won and lost by majority, and the two-sided p of the exact sign test on them. */
  readonly signs: { readonly wins: number; readonly losses: number; readonly p: number };
}

export interface StudyVerdict {
  readonly study: string;
  readonly registration: string;
  /** Whether prompts, pairs and plan are still those that were registered. */
  readonly registered: boolean;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly ratersPerPair: number;
  readonly pairs: number;
  /** Pairs that have all their raters for every question. */
  readonly pairsDone: number;
  /** Answers that choose, call it a tie, or call both bad; those that were skipped are counted apart. */
  readonly votes: number;
  readonly skipped: number;
  /** Share of the answers that call both pictures bad; in win, lose and tie they are ties. */
  readonly bothBad: number | null;
  readonly raters: number;
  /** Raters whose answers are kept and left out. */
  readonly excludedRaters: number;
  /** Whether simulated raters answered. */
  readonly simulated: 'none' | 'some' | 'all';
  readonly rows: readonly VerdictRow[];
  readonly agreement: readonly ({ readonly question: StudyQuestion } & Agreement)[];
  /** Share of left among answers that are no tie: about one half where the side has no say. */
  readonly leftShare: number | null;
  /** Of one answer to one question. */
  readonly medianSeconds: number | null;
}

/** Reads the verdict from votes; those of excluded raters are left out. */
export function readVerdict(
  study: Study,
  votes: readonly StudyVote[],
  facts: { pairs: number; registered: boolean },
  options: VerdictOptions,
): StudyVerdict {
  const kept = votes.filter(({ excluded }) => !excluded);
  const counted = kept.filter(({ choice }) => choice !== 'none');
  const raters = [...new Set(counted.map(({ raterId }) => raterId))];
  const simulated = counted.filter(({ raterKind }) => raterKind === 'simulated').length;
  const sided = counted.filter(({ choice }) => choice !== 'tie');
  const middle = median(counted.map(({ milliseconds }) => milliseconds));
  return {
    study: study.name,
    registration: study.registration,
    registered: facts.registered,
    createdAt: study.createdAt,
    closedAt: study.closedAt,
    ratersPerPair: study.ratersPerPair,
    pairs: facts.pairs,
    pairsDone: countDone(study, counted),
    votes: counted.length,
    skipped: kept.length - counted.length,
    bothBad: counted.length === 0 ? null : counted.filter(({ answer }) => answer === 'bad').length / counted.length,
    raters: raters.length,
    excludedRaters: new Set(votes.filter(({ excluded }) => excluded).map(({ raterId }) => raterId)).size,
    simulated: simulated === 0 ? 'none' : simulated === counted.length ? 'all' : 'some',
    rows: listGroups(study, counted).map((group) => readRow(group, raters, options)),
    agreement: study.questions.flatMap((question) => {
      const own = counted.filter((vote) => vote.question === question);
      const found = measureAgreement(own.map(({ pairId: item, choice: answer }) => ({ item, answer })));
      return found ? [{ question, ...found }] : [];
    }),
    leftShare: sided.length === 0 ? null : sided.filter(({ answer }) => answer === 'left').length / sided.length,
    medianSeconds: middle === null ? null : middle / 1000,
  };
}

function countDone({ questions, ratersPerPair }: Study, votes: readonly StudyVote[]): number {
  const counts = new Map<string, number>();
  for (const { pairId, question } of votes) {
    const key = `${pairId} ${question}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const pairs = [...new Set(votes.map(({ pairId }) => pairId))];
  return pairs.filter((id) => questions.every((question) => (counts.get(`${id} ${question}`) ?? 0) >= ratersPerPair))
    .length;
}

interface Group extends Pick<VerdictRow, 'a' | 'b' | 'question' | 'split' | 'category'> {
  readonly votes: readonly StudyVote[];
}

/** Comparisons in the order of the pairs; unseen prompts first, all categories before each. */
function listGroups({ questions }: Study, votes: readonly StudyVote[]): Group[] {
  const comparisons = new Map(
    votes.map(({ contestantA, contestantB }) => [`${contestantA}\n${contestantB}`, [contestantA, contestantB]]),
  );
  const categories = ['all', ...new Set(votes.map(({ category }) => category))];
  return [...comparisons.values()].flatMap(([a, b]) =>
    questions.flatMap((question) =>
      SPLITS.flatMap((split) =>
        categories.flatMap((category): Group[] => {
          const own = votes.filter(
            (vote) =>
              vote.contestantA === a &&
              vote.contestantB === b &&
              vote.question === question &&
              vote.split === split &&
              (category === 'all' || vote.category === category),
          );
          return own.length > 0 ? [{ a: a!, b: b!, question, split, category, votes: own }] : [];
        }),
      ),
    ),
  );
}

const SCORES = { a: 1, b: -1, tie: 0, none: 0 } as const;

function readRow({ votes, ...group }: Group, raters: readonly string[], { samples, seed }: VerdictOptions): VerdictRow {
  const prompts = [...new Set(votes.map(({ prompt }) => prompt))];
  const places = { rater: placesOf(raters), prompt: placesOf(prompts) };
  const pairs = new Map<string, VotedPair & { votes: VotedPair['votes'][number][] }>();
  for (const { pairId, prompt, category, raterId, choice } of votes) {
    const pair = pairs.get(pairId) ?? { prompt: places.prompt.get(prompt)!, stratum: category, votes: [] };
    pair.votes.push({ rater: places.rater.get(raterId)!, score: SCORES[choice] });
    pairs.set(pairId, pair);
  }
  const all = [...pairs.values()];
  const { wins, losses } = countSigns(all);
  return {
    ...group,
    pairs: all.length,
    prompts: prompts.length,
    raters: new Set(votes.map(({ raterId }) => raterId)).size,
    votes: votes.length,
    figures: crossedIntervals(all, { raters: raters.length, samples, seed }),
    signs: { wins, losses, p: signTest(wins, losses) },
  };
}

function placesOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, i) => [name, i]));
}

/** The row that the plan calls primary: the first comparison's alignment on unseen prompts, or on seen ones where there are no others. */
export function primaryRow({ rows }: StudyVerdict): VerdictRow | undefined {
  const all = rows.filter(({ question, category }) => question === 'alignment' && category === 'all');
  return all.find(({ split }) => split === 'unseen') ?? all[0];
}

/** How a figure stands to nothing at all: 1 above, −1 below, 0 where its interval holds `middle` or cannot be told. */
export function sideOf({ low, high }: Interval, middle = 0): -1 | 0 | 1 {
  if (low !== null && low > middle) return 1;
  return high !== null && high < middle ? -1 : 0;
}
