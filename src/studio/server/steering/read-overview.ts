// How the project stands, stage by stage, and what to do next.

import { basename } from 'node:path';
import { databaseKind } from '../../../project/database/database.ts';
import { countImages } from '../../../project/images/gallery.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../../project/learning/rewards.ts';
import { findLatestRun } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import { countAnswersByDay, findLatestRatingTime } from '../../../project/rating/rating-counts.ts';
import { countAnswers, listLabelledImages } from '../../../project/rating/ratings.ts';
import { wilsonInterval } from '../../../statistics/wilson.ts';
import type { Output } from '../../contract/client.ts';
import { chooseNextSteps } from './next-steps.ts';

type Overview = Output<'getOverview'>;
export type Stage = Overview['stages'][number];

const DAYS = 30;

export async function readOverview(project: Project, _input: null): Promise<Overview> {
  const { db, config, dir } = project;
  const answers = await countAnswers(db, 'feedback');
  const stages = await listStages(project, answers);
  return {
    project: { name: basename(dir), model: config.model, database: databaseKind(db) },
    stages,
    answers,
    goodShare: await measureGoodShare(project),
    perDay: await countAnswersByDay(db, DAYS),
    next: chooseNextSteps(stages, answers),
  };
}

async function listStages({ db, config, holder }: Project, answers: Overview['answers']): Promise<Stage[]> {
  const prompts = await listPrompts(db);
  const seen = prompts.filter(({ split }) => split === 'seen').length;
  const images = await countImages(db);
  const drawn = images.byPurpose.find(({ value }) => value === 'feedback')?.images ?? 0;
  const wanted = seen * config.generate.imagesPerPrompt;
  const given = answers.good + answers.bad + answers.skip;
  const working = (await holder())?.stage;
  const mark = (name: Stage['name'], command: string, done: number, total: number | null, detail: string): Stage => {
    const status = done === 0 ? 'empty' : total !== null && done < total ? 'started' : 'done';
    return { name, status: working === command ? 'running' : status, done, total, detail };
  };
  const stages = [
    mark('prompts', '', prompts.length, null, `${seen} to learn from, ${prompts.length - seen} kept for evaluation`),
    mark('generate', 'generate', drawn, wanted, `${drawn} images to rate`),
    mark('rate', 'label', given, drawn, `${answers.good} good, ${answers.bad} bad, ${answers.skip} skipped`),
  ];
  const reward = await findLatestRewardModel(db);
  const rated = await findLatestRatingTime(db);
  const stale = reward !== undefined && rated !== undefined && rated > reward.createdAt;
  const rewardStage = mark('reward', 'reward train', reward ? 1 : 0, null, reward ? 'trained' : 'not trained yet');
  stages.push(
    stale && rewardStage.status === 'done'
      ? { ...rewardStage, status: 'stale', detail: 'answers have come since' }
      : rewardStage,
  );
  for (const [name, command] of [
    ['tune', 'tune'],
    ['evaluate', 'evaluate'],
  ] as const) {
    const run = await findLatestRun(db, command);
    const done = run?.status === 'done';
    const stage = mark(name, command, done ? 1 : 0, null, run ? `latest run ${run.status}` : 'not begun');
    stages.push(run && !done && stage.status === 'empty' ? { ...stage, status: 'started' } : stage);
  }
  return stages;
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
