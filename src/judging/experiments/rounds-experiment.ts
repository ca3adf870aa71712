// Tuning in rounds against the straight run: the same rows of the same images, shared by parts that are averaged now and then,
// by their mean alone or with the outer momentum of DiLoCo. One part by its mean alone is the straight run, byte for byte.

import { join } from 'node:path';
import { listRunsOf } from '../../method/models.ts';
import type { TunePatch } from '../../method/tuning/methods/method.ts';
import { readMetrics } from '../../method/tuning/metrics.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { tuneCell } from './tuning-cell.ts';
import type { CellRow, TuningContext, TuningExperiment, Variant } from './types.ts';

const STRAIGHT = 'straight';
const AVERAGED = { outerLearningRate: 1, outerMomentum: 0 };
const WITH_MOMENTUM = { outerLearningRate: 0.7, outerMomentum: 0.9 };
const WAYS = [
  { name: '2 parts', workers: 2, ...AVERAGED },
  { name: '4 parts', workers: 4, ...AVERAGED },
  { name: '1 part with momentum', workers: 1, ...WITH_MOMENTUM },
  { name: '2 parts with momentum', workers: 2, ...WITH_MOMENTUM },
  { name: '4 parts with momentum', workers: 4, ...WITH_MOMENTUM },
];

/** Each checkpoint of a run is a row: what it learned since the one before, and how its pictures are judged. */
function roundsVariant(name: string, tune: TunePatch): Variant<TuningContext> {
  return {
    name,
    params: { tune },
    async run(context) {
      const { project } = context;
      const { checkpointingSteps, maxTrainSteps } = project.config.tune;
      const every = checkpointingSteps || maxTrainSteps;
      const model = await tuneCell(context, tune);
      const [run] = await listRunsOf(project, model);
      const losses = readMetrics(join(project.runsDir, run!, 'metrics.jsonl')).map(({ train_loss }) => train_loss);
      const rows: CellRow[] = [];
      for (let step = every; step <= maxTrainSteps; step += every) {
        const since = losses.slice(step - every, step);
        const loss = since.reduce((sum, value) => sum + value, 0) / since.length;
        const figures = { good: await measureGood(context, `${model}/checkpoint-${step}`), loss };
        rows.push({ series: name, name: `step ${step}`, x: step, figures });
      }
      return rows;
    },
  };
}

async function measureGood(context: TuningContext, name: string): Promise<number> {
  const { judgeDir, project } = context;
  const judged = project.config.prompts.developmentPerCategory > 0 ? 'development' : 'unseen';
  const judge = judgeDir !== undefined && { judgeDir };
  const { report } = await evaluate(context, { models: [name], splits: [judged], ...judge });
  const { groups } = report.contestants.find((one) => one.name === name)!;
  return groups.find(({ split, category }) => split === judged && category === 'all')!.good.estimate;
}

export const ROUNDS_STEPS = 100;
const LAST = `step ${ROUNDS_STEPS}`;

export const rounds: TuningExperiment = {
  name: 'rounds',
  title: 'Tuning in rounds',
  question:
    'Do parts that take steps by themselves and are averaged in rounds come to what one process comes to, at the same rows a step?',
  columns: [
    { key: 'good', title: 'Judged good, unseen prompts', format: 'share', better: 'higher' },
    { key: 'loss', title: 'Loss since the row before', format: 'number', better: 'lower' },
  ],
  chart: { figure: 'good', x: 'steps' },
  claims: WAYS.map(({ name }) => ({
    text: `The straight run is judged good more often on unseen prompts than ${name}.`,
    figure: 'good',
    above: [STRAIGHT, LAST],
    below: [name, LAST],
  })),
  tunes: true,
  variants: () => [
    roundsVariant(STRAIGHT, { workers: 0 }),
    ...WAYS.map(({ name, ...tune }) => roundsVariant(name, tune)),
  ],
};
