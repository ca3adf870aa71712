// The models of a project and what each was found to be worth, from what is stored: nothing is drawn, judged or hashed.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { listModels } from '../../project/images/models.ts';
import { listEvaluations } from '../../project/learning/evaluations.ts';
import type { Project } from '../../project/project.ts';
import type { Interval } from '../../statistics/interval.ts';
import { bytesOf } from '../../util/disk.ts';
import type { GroupReport } from '../evaluation/report.ts';
import { collectMeasures } from '../report/collect/measures.ts';

export interface ModelState {
  /** `base`, or the name of its folder in `models/`. */
  readonly name: string;
  /** Folder, as the configuration or the project has it. */
  readonly path: string;
  readonly bytes: number | null;
  /** Share judged good on the prompts of a split, from the latest evaluation under this name. */
  readonly judgedGood: {
    readonly split: string;
    readonly value: Interval;
    readonly versusBase: Interval | null;
  } | null;
  /** Mean reward, from the latest measures. */
  readonly reward: Interval | null;
}

/** The base first, then the folders of `models/` by name. */
export async function listModelStates(project: Project): Promise<ModelState[]> {
  const { dir, config, db } = project;
  const evaluations = await listEvaluations(db);
  const measures = await collectMeasures(project);
  const known = new Map((await listModels(db)).map((model) => [model.hash, model]));
  const state = (name: string, path: string, bytes: number | null): ModelState => {
    const own = evaluations.filter((evaluation) => evaluation.name === name && known.has(evaluation.modelHash));
    const groups = (own.at(-1)?.metrics.groups ?? []) as readonly GroupReport[];
    const all = groups.filter(({ category }) => category === 'all');
    const group = all.find(({ split }) => split === 'unseen') ?? all[0];
    return {
      name,
      path,
      bytes,
      judgedGood: group ? { split: group.split, value: group.good, versusBase: group.versusBase?.good ?? null } : null,
      reward: measures?.models.find((model) => model.name === name)?.reward?.value ?? null,
    };
  };
  const folder = join(dir, 'models');
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model_index.json')))
    : [];
  return [
    state('base', config.model, null),
    ...names.sort().map((name) => state(name, join('models', name), bytesOf(join(folder, name)))),
  ];
}
