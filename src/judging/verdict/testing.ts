// A small project with a pair study of its base and its tuned model, and made-up votes.

import type { TestContext } from 'node:test';
import type { Session } from '../../method/session.ts';
import type { Project } from '../../project/project.ts';
import type { Study } from '../../project/studies/studies.ts';
import type { StudyVote } from '../../project/studies/study-votes.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { makeEvaluationProject, makeSession } from '../evaluation/testing.ts';
import { makeHumanStudy } from './make-study.ts';

/** A project whose study `human` compares tuned with base on eight prompts, three raters a pair. */
export async function makeStudyProject(
  t: TestContext,
): Promise<{ project: Project; session: Session; judgeDir: string; study: Study }> {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const session = makeSession(project);
  const study = await makeHumanStudy(session, { comparisons: [{ a: 'tuned', b: 'base' }], ratersPerPair: 3 });
  return { project, session, judgeDir, study };
}

/** A study of alignment that so many raters answer for each pair. */
export function makeStudy(ratersPerPair: number): Study {
  return {
    id: 's',
    name: 'first',
    contestants: [],
    questions: ['alignment'],
    ratersPerPair,
    seed: 0,
    config: {},
    registration: 'f'.repeat(64),
    createdAt: '2026-01-01T00:00:00.000Z',
    closedAt: null,
  };
}

/** One vote about the alignment of a pair of unseen prompt `place`. */
export function makeVote(
  place: number,
  raterId: string,
  choice: StudyVote['choice'],
  patch: Partial<StudyVote> = {},
): StudyVote {
  return {
    pairId: `pair ${place}`,
    place,
    prompt: `prompt ${place}`,
    category: 'count',
    split: 'unseen',
    contestantA: 'tuned',
    contestantB: 'base',
    imageA: 'a',
    imageB: 'b',
    raterId,
    raterKind: 'human',
    excluded: false,
    question: 'alignment',
    answer: choice === 'tie' ? 'tie' : choice === 'a' ? 'left' : 'right',
    leftIs: 'a',
    choice,
    position: place + 1,
    milliseconds: 1000 * (place + 1),
    answeredAt: '2026-01-01T00:00:00.000Z',
    words: [],
    note: '',
    ...patch,
  };
}
