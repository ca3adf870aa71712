// Methods against one another on the same images and answers: of each, as many trials as of any other, the best of them by
// development prompts, and what that one is worth on prompts that chose nothing.

import type { MethodTrial } from '../../method/tuning/methods/method.ts';
import { METHODS } from '../../method/tuning/methods/methods.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { tuneCell } from './tuning-cell.ts';
import { above, COLUMNS, measureTuned, tuningVariant } from './tuning-experiments.ts';
import type { CellRow, TuningContext, TuningExperiment, Variant } from './types.ts';

type Methods = Readonly<Record<string, { readonly trials: readonly MethodTrial[] }>>;

/** Prompts that chose nothing, and those that were learned from. */
const TEST = ['unseen', 'seen'] as const;

function methodVariant(method: string, trials: readonly MethodTrial[]): Variant<TuningContext> {
  return {
    name: method,
    params: { trials },
    async run(context) {
      await requireDevelopment(context);
      const tried: CellRow[] = [];
      for (const { name, patch } of trials) {
        const development = await measureDevelopment(context, { method, ...patch } as MethodTrial['patch']);
        tried.push({ series: 'trials, by development prompts', name: `${method}: ${name}`, figures: { development } });
      }
      const best = tried.reduce((top, row, i) => (value(row) > value(tried[top]!) ? i : top), 0);
      const figures = await measureTuned(context, { method, ...trials[best]!.patch } as MethodTrial['patch'], TEST);
      return [{ series: 'model', name: method, figures: { ...figures, chosen: best + 1 } }, ...tried];
    },
  };
}

const value = ({ figures }: CellRow) => figures.development!;

/** The share judged good on development prompts. */
async function measureDevelopment(context: TuningContext, patch: MethodTrial['patch']): Promise<number> {
  const { judgeDir } = context;
  const name = await tuneCell(context, patch);
  const judge = judgeDir !== undefined && { judgeDir };
  const { report } = await evaluate(context, { models: [name], splits: ['development'], ...judge });
  const contestant = report.contestants.find((one) => one.name === name)!;
  return contestant.groups.find(({ split, category }) => split === 'development' && category === 'all')!.good.estimate;
}

/** @throws CollimateError CONFIG where there is nothing to choose by. */
async function requireDevelopment({ project }: TuningContext): Promise<void> {
  if ((await listPrompts(project.db, { split: 'development' })).length > 0) return;
  throw new CollimateError(
    'CONFIG',
    'experiment methods: settings are chosen by development prompts, and there are none',
    'Set prompts.developmentPerCategory above 0 in the settings of the experiment.',
  );
}

/** The comparison of some methods, of which the first is what the others are measured against. */
export function compareMethods(compared: Methods): TuningExperiment {
  const [usual, ...others] = Object.keys(compared) as [string, ...string[]];
  return {
    name: 'methods',
    title: 'Methods on the same data',
    question:
      'Which way of using the same images and answers serves best, at the same number of steps? Of each method the best of as many settings by development prompts, measured on others.',
    columns: [
      ...COLUMNS,
      { key: 'development', title: 'Judged good, development prompts', format: 'share', better: 'higher' },
      { key: 'chosen', title: 'Trial that was chosen', format: 'number', better: 'higher' },
    ],
    chart: { figure: 'good', against: 'frechet' },
    claims: [
      ...[usual, ...others].map((name) =>
        above(`${name}: the share judged good on unseen prompts is above the base’s.`, 'good', [name, 'base']),
      ),
      ...others.map((name) => above(`${name}: it is above that of ${usual}.`, 'good', [name, usual])),
    ],
    measuresUnseen: true,
    tunes: true,
    variants: () => [
      tuningVariant('base', null, TEST),
      ...Object.entries(compared).map(([name, { trials }]) => methodVariant(name, trials)),
    ],
  };
}

export const methods = compareMethods(METHODS);
