// The models of a project and what each was found to be worth, from what is stored: nothing is drawn, judged or hashed. A
// model is known by its hash: what is called `base` after a round was tuned in the round before, and measured under that name.

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findModelAt } from '../../project/images/models.ts';
import { type Evaluation, listEvaluations } from '../../project/learning/evaluations.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import type { Interval } from '../../statistics/interval.ts';
import { checkForm } from '../../util/artefact.ts';
import { bytesOf } from '../../util/disk.ts';
import { groupsSchema } from '../evaluation/report-schema.ts';
import type { MeasuresReport } from '../measures/report.ts';
import { listMeasures } from '../report/collect/measures.ts';

export interface ModelState {
  /** `base`, or the name of its folder in `models/`. */
  readonly name: string;
  /** Folder, as the configuration or the project has it. */
  readonly path: string;
  readonly bytes: number | null;
  /** Share judged good on the prompts of a split, from the latest evaluation of this model. */
  readonly judgedGood: {
    readonly split: string;
    readonly value: Interval;
    /** Null for the base, and where the evaluation compared it with another model than the base of now. */
    readonly versusBase: Interval | null;
  } | null;
  /** Mean reward, from the latest measures of this model. */
  readonly reward: Interval | null;
  /** Whether a reward function that is not the latest said so, as one of the round before. */
  readonly rewardIsOld: boolean;
}

/** The base first, then the folders of `models/` by name. */
export async function listModelStates(project: Project): Promise<ModelState[]> {
  const { dir, config, db } = project;
  const figures = {
    evaluations: (await listEvaluations(db)).reverse(),
    measures: await listMeasures(project),
    rewardHash: (await findLatestRewardModel(db))?.hash ?? null,
    baseHash: await findHash(project, config.model),
  };
  const folder = join(dir, 'models');
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model_index.json')))
    : [];
  const states: ModelState[] = [{ name: 'base', path: config.model, bytes: null, ...tell(figures.baseHash, figures) }];
  for (const name of names.sort()) {
    const path = join('models', name);
    const told = tell(await findHash(project, path), figures);
    states.push({ name, path, bytes: bytesOf(join(folder, name)), ...told });
  }
  return states;
}

/** The hash of the model in a folder: of what tuning wrote there last, else of what was known to lie there last. */
async function findHash({ db, dir }: Project, path: string): Promise<string | undefined> {
  const isThere = (model: unknown) => typeof model === 'string' && resolve(dir, model) === resolve(dir, path);
  const tuned = (await listRuns(db, { stage: 'tune', status: 'done' })).filter(({ progress }) =>
    isThere(progress.model),
  );
  const hash = tuned.at(-1)?.progress.modelHash;
  return typeof hash === 'string' ? hash : (await findModelAt(db, dir, path))?.hash;
}

interface KnownFigures {
  /** The latest first. */
  readonly evaluations: readonly Evaluation[];
  /** The latest first. */
  readonly measures: readonly MeasuresReport[];
  readonly rewardHash: string | null;
  readonly baseHash: string | undefined;
}

function tell(
  hash: string | undefined,
  { evaluations, measures, rewardHash, baseHash }: KnownFigures,
): Pick<ModelState, 'judgedGood' | 'reward' | 'rewardIsOld'> {
  // The best of several is the base, chosen from; its figures are not the base's own.
  const own = evaluations.find(({ modelHash, name }) => modelHash === hash && !name.startsWith('best-of-'));
  const group = own && chooseGroup(own);
  const compared = hash !== baseHash && own?.baselineHash === baseHash;
  const looked = measures
    .map((report) => ({ report, model: report.models.find((model) => model.modelHash === hash) }))
    .find(({ model }) => model?.reward);
  return {
    judgedGood: group
      ? { split: group.split, value: group.good, versusBase: compared ? (group.versusBase?.good ?? null) : null }
      : null,
    reward: looked?.model?.reward?.value ?? null,
    rewardIsOld: looked !== undefined && looked.report.rewardHash !== rewardHash,
  };
}

function chooseGroup({ id, metrics }: Evaluation) {
  const groups = checkForm(metrics.groups ?? [], groupsSchema, `evaluation ${id}`, 'Run `collimate evaluate` again.');
  const all = groups.filter(({ category }) => category === 'all');
  return all.find(({ split }) => split === 'unseen') ?? all[0];
}
