// What has been reached in a project that somebody may want to be told of: each milestone has a name of its own, so that it is told once.

import { readTeamProgress } from '../../method/feedback/queue/progress.ts';
import { listNotices } from '../../project/rating/notices.ts';
import { listRaters } from '../../project/rating/raters.ts';
import { listStudies } from '../../project/studies/studies.ts';
import { readStudyProgress } from '../../project/studies/study-votes.ts';
import type { Studio } from './studio.ts';

export interface Milestone {
  /** Unlike that of any other milestone of the project. */
  readonly id: string;
  readonly event: 'answers' | 'study' | 'job' | 'rater';
  /** A sentence for people. */
  readonly text: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Everything that has been reached. */
export async function listMilestones(studio: Studio): Promise<Milestone[]> {
  const parts = await Promise.all([
    listAnswered(studio),
    listDoneStudies(studio),
    listEndedJobs(studio),
    listRuled(studio),
  ]);
  return parts.flat();
}

const PERCENT = [25, 50, 75, 100];

async function listAnswered({ project: { db }, readProjectConfig }: Studio): Promise<Milestone[]> {
  const { answers, wanted, images } = await readTeamProgress({ db, config: readProjectConfig().config });
  return PERCENT.filter((percent) => wanted > 0 && answers >= (wanted * percent) / 100).map((percent) => ({
    // More pictures are another goal.
    id: `answers ${percent} ${wanted}`,
    event: 'answers',
    text: `${percent} % of the answers that are wanted are there: ${answers} of ${wanted}.`,
    detail: { percent, answers, wanted, images },
  }));
}

async function listDoneStudies({ project: { db } }: Studio): Promise<Milestone[]> {
  const studies = await listStudies(db);
  const progress = await Promise.all(studies.map((study) => readStudyProgress(db, study)));
  return studies.flatMap(({ id, name }, i) => {
    const { pairs, pairsDone, answered } = progress[i]!;
    if (pairs === 0 || pairsDone < pairs) return [];
    const text = `The study ${name} is done: each of its ${pairs} pairs was compared.`;
    return [{ id: `study ${id}`, event: 'study' as const, text, detail: { study: name, pairs, answered } }];
  });
}

async function listEndedJobs({ jobs }: Studio): Promise<Milestone[]> {
  const ended = (await jobs.list(50)).filter(({ finishedAt }) => finishedAt !== null);
  return ended.map(({ id, kind, status, error }) => ({
    id,
    event: 'job',
    text: `${kind}: ${status}${error ? `, ${error.message}` : ''}.`,
    detail: { job: id, kind, status },
  }));
}

async function listRuled({ project: { db } }: Studio): Promise<Milestone[]> {
  const notices = (await listNotices(db, { open: true })).filter(({ createdBy }) => createdBy === null);
  const names = new Map((await listRaters(db)).map(({ id, name }) => [id, name]));
  return notices.map(({ id, raterId, rule, action }) => ({
    id,
    event: 'rater',
    text: `The rule on ${rule} spoke of ${names.get(raterId) ?? raterId}: ${action}.`,
    detail: { rater: raterId, rule, action },
  }));
}
