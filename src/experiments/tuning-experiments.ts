// The experiments that tune the U-Net: hours. Each cell is the whole method over a seed's project; its stages resume, and
// images, labels and the reward function are shared by the cells of a seed.

import { evaluate } from '../evaluation/evaluate.ts';
import { generateImages } from '../feedback/generate.ts';
import { simulateLabels } from '../feedback/label.ts';
import { trainReward } from '../reward/train.ts';
import type { Config } from '../store/config.ts';
import { tuneModel } from '../tuning/tune.ts';
import type { CellRow, Claim, Column, TuningContext, TuningExperiment, Variant } from './types.ts';

const COLUMNS: readonly Column[] = [
  { key: 'good', title: 'Judged good, unseen prompts', format: 'share', better: 'higher' },
  { key: 'seen', title: 'Judged good, seen prompts', format: 'share', better: 'higher' },
  { key: 'frechet', title: 'Fréchet distance to renders', format: 'number', better: 'lower' },
  { key: 'diversity', title: 'Diversity within a prompt', format: 'number', better: 'higher' },
  { key: 'reward', title: 'Mean reward', format: 'number', better: 'higher' },
];

type TunePatch = Partial<Config['tune']>;

/** Everything up to the figures of one tuned model; `base` is the model before. */
async function measureTuned(context: TuningContext, name: string, tune: TunePatch | null): Promise<CellRow['figures']> {
  const { judgeDir } = context;
  const judge = judgeDir === undefined ? {} : { judge: judgeDir };
  await generateImages(context);
  await simulateLabels(context, judge);
  await trainReward(context);
  if (tune) await tuneModel(context, { name, settings: tune });
  const { report } = await evaluate(context, {
    models: tune ? [name] : [],
    ...(judgeDir !== undefined && { judgeDir }),
  });
  const contestant = report.contestants[tune ? 1 : 0]!;
  const of = (split: string) => contestant.groups.find((group) => group.split === split && group.category === 'all');
  const [unseen, seen] = [of('unseen'), of('seen')];
  return {
    ...(unseen && { good: unseen.good.estimate }),
    ...(unseen?.diversity && { diversity: unseen.diversity.estimate }),
    ...(unseen?.reward && { reward: unseen.reward.estimate }),
    ...(seen && { seen: seen.good.estimate }),
    frechet: contestant.frechet.all.value,
  };
}

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '');

function tuningVariant(
  experiment: string,
  name: string,
  tune: TunePatch | null,
  series: string,
  x?: number,
): Variant<TuningContext> {
  return {
    name,
    params: { tune },
    run: async (context) => [
      {
        series,
        name,
        ...(x !== undefined && { x }),
        figures: await measureTuned(context, slug(`${experiment} ${name}`), tune),
      },
    ],
  };
}

const above = (text: string, figure: string, [a, b]: readonly [string, string]): Claim => ({
  text,
  figure,
  above: ['model', a],
  below: ['model', b],
});

const BETAS = [0, 0.1, 0.3, 1, 3];

export const beta: TuningExperiment = {
  name: 'beta',
  title: 'The pre-training term',
  question: 'What does β, the weight of the loss on pre-training pairs, buy in fidelity and cost in alignment?',
  columns: COLUMNS,
  chart: { figure: 'good' },
  claims: [
    above('Without the pre-training term the distance to renders is larger: β = 0 against β = 1.', 'frechet', [
      'β = 0',
      'β = 1',
    ]),
    above('Tuning raises the share judged good: β = 1 against the base.', 'good', ['β = 1', 'base']),
  ],
  tunes: true,
  variants: () => [
    tuningVariant('beta', 'base', null, 'model'),
    ...BETAS.map((value) => tuningVariant('beta', `β = ${value}`, { beta: value }, 'model')),
  ],
};

export const dataMixture: TuningExperiment = {
  name: 'data-mixture',
  title: 'The data',
  question: 'What do reward-labelled images and pre-training pairs add to labelled images?',
  columns: COLUMNS,
  chart: { figure: 'good' },
  claims: [
    above('Labelled images alone are further from renders than with reward-labelled images and pairs.', 'frechet', [
      'labelled',
      '+ pre-training',
    ]),
    above('Pre-training pairs bring the distance down.', 'frechet', ['+ reward-labelled', '+ pre-training']),
  ],
  tunes: true,
  variants: () => [
    tuningVariant('data', 'base', null, 'model'),
    tuningVariant('data', 'labelled', { images: 'labelled', weights: 'label', pretrainData: 'none' }, 'model'),
    tuningVariant('data', '+ reward-labelled', { images: 'all', weights: 'reward', pretrainData: 'none' }, 'model'),
    tuningVariant('data', '+ pre-training', { images: 'all', weights: 'reward' }, 'model'),
  ],
};

const METHODS: readonly (readonly [string, TunePatch])[] = [
  ['reward-weighted', {}],
  ['best of N', { method: 'sft' }],
  ['exponential weights', { weighting: 'exponential' }],
  ['threshold weights', { weighting: 'threshold' }],
  ['Diffusion-DPO', { method: 'dpo' }],
  ['DDPO', { method: 'ddpo' }],
  ['DPOK', { method: 'ddpo', klWeight: 1 }],
];

export const methods: TuningExperiment = {
  name: 'methods',
  title: 'Methods on the same data',
  question: 'Which way of using the same images and answers serves best, at the same number of steps?',
  columns: COLUMNS,
  chart: { figure: 'good' },
  claims: [above('Reward-weighted likelihood raises the share judged good.', 'good', ['reward-weighted', 'base'])],
  tunes: true,
  variants: () => [
    tuningVariant('methods', 'base', null, 'model'),
    ...METHODS.map(([name, patch]) => tuningVariant('methods', name, patch, 'model')),
  ],
};
