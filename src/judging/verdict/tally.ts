// Pairs with their votes, and what a set of them says: wins, losses and ties by majority, and the share of votes.

/** One vote: 1 for the first contestant of its pair, −1 for the second, 0 for a tie. */
export interface Vote {
  /** The place of its rater. */
  readonly rater: number;
  readonly score: -1 | 0 | 1;
}

/** A pair with its votes about one question. */
export interface VotedPair {
  /** The place of its prompt; several pairs of one prompt share it. */
  readonly prompt: number;
  readonly stratum: string;
  readonly votes: readonly Vote[];
}

/** What is measured of pairs; shares are 0 to 1. */
export interface Tally {
  readonly win: number;
  readonly lose: number;
  readonly tie: number;
  /** `win − lose`, −1 to 1. */
  readonly net: number;
  /** Mean of the votes: 1 for the first contestant, ½ a tie, 0 for the second. */
  readonly preference: number;
}

/**
 * The majority of votes as its sign: the answer given most often; two that lead together make a tie.
 *
 * @example
 * majority(4, 3, 2); // 1, of four votes for the first, three for the second and two ties
 */
export function majority(first: number, second: number, ties: number): -1 | 0 | 1 {
  if (first > second && first > ties) return 1;
  return second > first && second > ties ? -1 : 0;
}

/**
 * As `majority`, where at least two thirds of the votes agree; a tie where they do not, as the paper's people were counted
 * (Lee et al., 2023).
 *
 * @example
 * twoThirds(6, 2, 1); // 1, of six votes of nine; of five it would be 0
 */
export function twoThirds(first: number, second: number, ties: number): -1 | 0 | 1 {
  const total = first + second + ties;
  if (total === 0) return 0;
  if (3 * first >= 2 * total) return 1;
  return 3 * second >= 2 * total ? -1 : 0;
}

/** Tallies pairs with weights for prompts and raters, such as how often a resample drew each. Pairs without votes have no say. */
export function tally(
  pairs: readonly VotedPair[],
  promptWeight: ArrayLike<number>,
  raterWeight: ArrayLike<number>,
): Tally {
  let [win, lose, tie, votes, score] = [0, 0, 0, 0, 0];
  for (const pair of pairs) {
    const weight = promptWeight[pair.prompt]!;
    if (weight === 0) continue;
    let [first, second, ties] = [0, 0, 0];
    for (const vote of pair.votes) {
      const times = raterWeight[vote.rater]!;
      if (vote.score > 0) first += times;
      else if (vote.score < 0) second += times;
      else ties += times;
    }
    const total = first + second + ties;
    if (total === 0) continue;
    votes += weight * total;
    score += weight * (first + ties / 2);
    const sign = majority(first, second, ties);
    if (sign > 0) win += weight;
    else if (sign < 0) lose += weight;
    else tie += weight;
  }
  const all = win + lose + tie;
  return { win: win / all, lose: lose / all, tie: tie / all, net: (win - lose) / all, preference: score / votes };
}

/** Wins and losses by prompt: the sign of what its pairs come to. What the sign test counts. */
export function countSigns(pairs: readonly VotedPair[]): { wins: number; losses: number } {
  const sums = new Map<number, number>();
  for (const { prompt, votes } of pairs) {
    const of = (score: number) => votes.filter((vote) => vote.score === score).length;
    sums.set(prompt, (sums.get(prompt) ?? 0) + majority(of(1), of(-1), of(0)));
  }
  const signs = [...sums.values()];
  return { wins: signs.filter((sum) => sum > 0).length, losses: signs.filter((sum) => sum < 0).length };
}
