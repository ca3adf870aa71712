// The table of the paper's claims: what became of each is computed from the claims of the page, and the reason with it.

import type { JudgedClaim, Topic, Verdict } from './claims.ts';
import { number, points, pValue, range, table } from './write.ts';

interface PaperRow {
  readonly text: string;
  readonly topic: Topic;
  /** What to run where nothing is there that tells. */
  readonly command: string;
}

const PAPER: readonly PaperRow[] = [
  { text: 'tuning by feedback aligns with unseen prompts', topic: 'aligns', command: 'collimate reproduce' },
  { text: '… by as much as there, by 47 points', topic: 'as far', command: 'collimate reproduce' },
  { text: '… by the paper’s recipe', topic: 'by the paper’s recipe', command: 'collimate reproduce --recipe paper' },
  {
    text: '… and by what people said, more than by a placebo',
    topic: 'placebo',
    command: 'collimate reproduce --recipe paper',
  },
  {
    text: 'the reward predicts answers better than the CLIP score',
    topic: 'reward against CLIP',
    command: 'collimate experiment auxiliary-loss',
  },
  {
    text: '… within a prompt, where no threshold has a say',
    topic: 'ranking',
    command: 'collimate reproduce --recipe paper',
  },
  {
    text: 'prompt classification makes the reward better',
    topic: 'prompt classification',
    command: 'collimate experiment auxiliary-loss',
  },
  { text: 'more labels make a better reward', topic: 'labels', command: 'collimate experiment label-budget' },
  { text: 'the pre-training term keeps fidelity', topic: 'pre-training term', command: 'collimate experiment beta' },
  { text: 'a trade-off of alignment and fidelity by β', topic: 'trade-off', command: 'collimate experiment beta' },
  {
    text: 'choosing the best of N aligns without tuning',
    topic: 'best of N',
    command: 'collimate experiment rejection-sampling',
  },
  {
    text: 'tuning is worth more than the best of 16',
    topic: 'against best of N',
    command: 'collimate experiment rejection-sampling',
  },
  { text: 'fidelity suffers little', topic: 'fidelity', command: 'collimate reproduce' },
];

export function writePaperTable(claims: readonly JudgedClaim[]): string {
  return table(
    ['of the paper', 'here', 'by what'],
    PAPER.map(({ text, topic, command }) => {
      const own = claims.filter((claim) => claim.topic === topic);
      if (own.length === 0) return [text, '**open**', `nothing was run that tells: \`${command}\``];
      return [
        text,
        `**${conclude(own)}**`,
        own.map((claim) => `${claim.verdict} in *${claim.source}*: ${writeDifference(claim)}`).join('; '),
      ];
    }),
  );
}

/** One that came out decides, unless another came out the other way. */
export function conclude(claims: readonly Pick<JudgedClaim, 'verdict'>[]): Verdict {
  const came = new Set(claims.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'open'));
  return came.size === 1 ? [...came][0]! : 'open';
}

/** The difference with its interval and the p that decides. */
export function writeDifference({ difference, unit, corrected }: JudgedClaim): string {
  const { estimate } = difference;
  const value = unit === 'points' ? points(estimate) : `${estimate < 0 ? '' : '+'}${number(estimate)}`;
  const ends = unit === 'points' ? range(difference, 100, 1) : range(difference);
  return `${value} ${ends}, ${pValue(corrected)}`;
}

export function writeClaims(claims: readonly JudgedClaim[]): string {
  return claims.map((claim) => `- ${claim.text} **${claim.verdict}**: ${writeDifference(claim)}.`).join('\n');
}
