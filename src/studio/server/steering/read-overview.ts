// How the project stands, stage by stage, and what to do next.

import { basename } from 'node:path';
import { readTeamProgress } from '../../../method/feedback/queue/progress.ts';
import { BASE } from '../../../method/models.ts';
import { type Database, databaseKind } from '../../../project/database/database.ts';
import { countDrawnAndImported } from '../../../project/images/gallery.ts';
import { findModelAt, listAncestors } from '../../../project/images/models.ts';
import { listPrompts, type Prompt } from '../../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../../project/learning/rewards.ts';
import { findLatestRun, type Run } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import { countAnswersByDay, findLatestRatingTime } from '../../../project/rating/rating-counts.ts';
import { countAnswers, listLabelledImages } from '../../../project/rating/ratings.ts';
import { listStudies } from '../../../project/studies/studies.ts';
import { readStudyProgress } from '../../../project/studies/study-votes.ts';
import { wilsonInterval } from '../../../statistics/wilson.ts';
import type { Output } from '../../contract/client.ts';
import { countAsked, type StoppedRun } from './asked-images.ts';
import { chooseNextSteps, type StudyState } from './next-steps.ts';

type Overview = Output<'getOverview'>;
export type Stage = Overview['stages'][number];

const DAYS = 30;

export async function readOverview(project: Project, _input: null): Promise<Overview> {
  const { db, config, dir } = project;
  const answers = await countAnswers(db, 'feedback');
  const { stages, stopped } = await listStages(project, answers);
  return {
    project: { name: basename(dir), model: config.model, database: databaseKind(db) },
    stages,
    answers,
    goodShare: await measureGoodShare(project),
    perDay: await countAnswersByDay(db, DAYS),
    next: chooseNextSteps(stages, answers, await listStudyStates(db), stopped),
  };
}

/** A study that was closed has all that it will have. */
async function listStudyStates(db: Database): Promise<StudyState[]> {
  const studies = await listStudies(db);
  return Promise.all(
    studies.map(async (study) => {
      const { answered, wanted } = await readStudyProgress(db, study);
      return { answered, wanted: study.closedAt === null ? wanted : answered };
    }),
  );
}

async function listStages(
  { db, config, holders, dir }: Project,
  answers: Overview['answers'],
): Promise<{ stages: Stage[]; stopped: StoppedRun | undefined }> {
  const prompts = await listPrompts(db);
  const { drawn, outside } = await countDrawnAndImported(db, 'feedback');
  const { asked, detail: unfinished, stopped } = await countAsked(db, config, drawn);
  const rating = await readTeamProgress({ db, config });
  const working = new Set((await holders()).map(({ stage }) => stage));
  const mark = (name: Stage['name'], command: string, done: number, total: number | null, detail: string): Stage => {
    const status = done === 0 ? 'empty' : total !== null && done < total ? 'started' : 'done';
    return { name, status: working.has(command) ? 'running' : status, done, total, detail };
  };
  const stages = [
    mark('prompts', '', prompts.length, null, describeSplits(prompts)),
    mark(
      'generate',
      'generate',
      drawn,
      asked,
      [outside > 0 && `${outside} more from outside`, unfinished].filter(Boolean).join('; '),
    ),
    mark('rate', 'label', rating.answers, rating.wanted, describeAnswers(answers, rating.answers)),
  ];
  const reward = await findLatestRewardModel(db);
  // Nothing is learned from what is said about images of an evaluation.
  const rated = await findLatestRatingTime(db, 'feedback');
  const stale = reward !== undefined && rated !== undefined && rated > reward.createdAt;
  const rewardStage = mark('reward', 'reward train', reward ? 1 : 0, null, '');
  stages.push(
    stale && rewardStage.status === 'done'
      ? { ...rewardStage, status: 'stale', detail: 'answers have come since' }
      : rewardStage,
  );
  for (const [name, commands] of [
    ['tune', ['tune']],
    // What no judge knows is measured.
    ['evaluate', ['evaluate', 'measures']],
  ] as const) {
    const runs = await Promise.all(commands.map((command) => findLatestRun(db, command)));
    const run = runs.find((each) => each?.status === 'done') ?? runs.find((each) => each !== undefined);
    // What an earlier round tuned and evaluated, it did for a model that draws no longer.
    const done = run?.status === 'done' && !(await isOfEarlierRound({ db, config, dir }, run));
    const stage = mark(
      name,
      commands[0],
      done ? 1 : 0,
      null,
      run && !done ? (run.status === 'done' ? 'done in an earlier round' : `latest run ${run.status}`) : '',
    );
    stages.push(run && run.status !== 'done' && stage.status === 'empty' ? { ...stage, status: 'started' } : stage);
  }
  return { stages, stopped };
}

function describeSplits(prompts: readonly Pick<Prompt, 'split'>[]): string {
  const count = (wanted: Prompt['split']) => prompts.filter(({ split }) => split === wanted).length;
  const development = count('development');
  const choosing = development > 0 ? `, ${development} to choose settings by` : '';
  return `${count('seen')} to learn from${choosing}, ${count('unseen')} kept for evaluation`;
}

/** What was answered, and how much of it is more than was wanted. */
function describeAnswers({ good, bad, skip }: Overview['answers'], counted: number): string {
  const more = good + bad + skip - counted;
  const rest = more > 0 ? `; ${more} of them beyond what is wanted, or about gold and flagged images` : '';
  return `${good} good, ${bad} bad, ${skip} skipped${rest}`;
}

/** By category: the mean label of images with an answer, with an interval over images. */
async function measureGoodShare({ db }: Project): Promise<Overview['goodShare']> {
  const categories = new Map((await listPrompts(db)).map(({ id, category }) => [id, category]));
  const groups = new Map<string, number[]>();
  for (const { promptId, label } of await listLabelledImages(db, { purpose: 'feedback' })) {
    for (const name of ['all', categories.get(promptId)!]) {
      const labels = groups.get(name);
      if (labels) labels.push(label);
      else groups.set(name, [label]);
    }
  }
  return [...groups].map(([category, labels]) => {
    const estimate = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    const [low, high] = wilsonInterval(estimate, labels.length);
    return { category, images: labels.length, share: { estimate, low, high } };
  });
}

/** Whether the model that draws now was made from the one that a run began with. */
async function isOfEarlierRound(
  { db, config, dir }: Pick<Project, 'db' | 'config' | 'dir'>,
  { config: { baseHash, models } }: Run,
): Promise<boolean> {
  const compared = Array.isArray(models) ? (models as { name?: unknown; hash?: unknown }[]) : [];
  const base = baseHash ?? compared.find(({ name }) => name === BASE)?.hash;
  const current = await findModelAt(db, dir, config.model);
  return current !== undefined && (await listAncestors(db, current)).some(({ hash }) => hash === base);
}
