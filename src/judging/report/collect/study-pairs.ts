// The pairs of a study that the report shows: the first of each category in the study's order, whatever was said of them.

import { findImages } from '../../../project/images/images.ts';
import type { Project } from '../../../project/project.ts';
import type { Study } from '../../../project/studies/studies.ts';
import { listStudyVotes, type StudyVote } from '../../../project/studies/study-votes.ts';
import { primaryRow, type StudyVerdict } from '../../verdict/verdict.ts';
import { PROMPTS_PER_CATEGORY, type StudyPairData } from '../data.ts';

/** Pairs of the primary comparison that somebody answered: of unseen prompts, or of seen ones where no others are. */
export async function collectPairs({ db }: Project, study: Study, verdict: StudyVerdict): Promise<StudyPairData[]> {
  const primary = primaryRow(verdict);
  const pairs = new Map<string, StudyVote[]>();
  for (const vote of await listStudyVotes(db, study.id)) {
    if (vote.excluded || vote.contestantA !== primary?.a || vote.contestantB !== primary.b) continue;
    pairs.set(vote.pairId, [...(pairs.get(vote.pairId) ?? []), vote]);
  }
  const shown: StudyPairData[] = [];
  for (const votes of chooseFirst([...pairs.values()])) {
    const { prompt, category, split, contestantA, contestantB, imageA, imageB } = votes[0]!;
    const [first, second] = [await findImages(db, imageA), await findImages(db, imageB)];
    const images = [
      { name: contestantA, hash: first[0]!.hash },
      { name: contestantB, hash: second[0]!.hash },
    ];
    shown.push({ prompt, category, split, images, votes: study.questions.map((question) => count(votes, question)) });
  }
  return shown;
}

function chooseFirst(pairs: readonly StudyVote[][]): StudyVote[][] {
  const unseen = pairs.filter(([vote]) => vote!.split === 'unseen');
  const usable = unseen.length > 0 ? unseen : pairs;
  const categories = [...new Set(usable.map(([vote]) => vote!.category))];
  return categories.flatMap((category) =>
    usable.filter(([vote]) => vote!.category === category).slice(0, PROMPTS_PER_CATEGORY),
  );
}

function count(votes: readonly StudyVote[], question: string): StudyPairData['votes'][number] {
  const of = (choice: StudyVote['choice']) =>
    votes.filter((vote) => vote.question === question && vote.choice === choice).length;
  return { question, counts: [of('a'), of('b'), of('tie')] };
}
