// The experiments that tune the U-Net: hours. Each cell is the whole method over a seed's project; its stages resume, and
// images, labels and the reward function are shared by the cells of a seed.

import type { TunePatch } from '../../method/tuning/methods/method.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { measureBestOf } from './best-of-cell.ts';
import { tuneCell } from './tuning-cell.ts';
import type { CellRow, Claim, Column, TuningContext, TuningExperiment, Variant } from './types.ts';

export const COLUMNS: readonly Column[] = [
  { key: 'good', title: 'Judged good, unseen prompts', format: 'share', better: 'higher' },
  { key: 'seen', title: 'Judged good, seen prompts', format: 'share', better: 'higher' },
  { key: 'frechet', title: 'Fréchet distance to renders', format: 'number', better: 'lower' },
  { key: 'diversity', title: 'Diversity within a prompt', format: 'number', better: 'higher' },
  { key: 'reward', title: 'Mean reward', format: 'number', better: 'higher' },
];

/** Figures of one tuned model on prompts of some splits, by default the evaluation's; those of the base for null. */
export async function measureTuned(
  context: TuningContext,
  tune: TunePatch | null,
  splits?: readonly PromptSplit[],
): Promise<CellRow['figures']> {
  const { judgeDir } = context;
  const name = await tuneCell(context, tune);
  const { report } = await evaluate(context, { models: [name], splits, ...(judgeDir !== undefined && { judgeDir }) });
  const contestant = report.contestants.find((one) => one.name === name)!;
  const of = (split: string) => contestant.groups.find((group) => group.split === split && group.category === 'all');
  const [unseen, seen] = [of('unseen') ?? of('development'), of('seen')];
  return {
    ...(unseen && { good: unseen.good.estimate }),
    ...(unseen?.diversity && { diversity: unseen.diversity.estimate }),
    ...(unseen?.reward && { reward: unseen.reward.estimate }),
    ...(seen && { seen: seen.good.estimate }),
    frechet: contestant.frechet.all.value,
  };
}

export function tuningVariant(
  name: string,
  tune: TunePatch | null,
  splits?: readonly PromptSplit[],
): Variant<TuningContext> {
  return {
    name,
    params: { tune },
    run: async (context) => [{ series: 'model', name, figures: await measureTuned(context, tune, splits) }],
  };
}

const base = tuningVariant('base', null);

export const above = (text: string, figure: string, [a, b]: readonly [string, string]): Claim => ({
  text,
  figure,
  above: ['model', a],
  below: ['model', b],
});

const BETAS = [0, 0.3, 1];

export const beta: TuningExperiment = {
  name: 'beta',
  title: 'The pre-training term',
  question: 'What does β, the weight of the loss on pre-training pairs, buy in fidelity and cost in alignment?',
  columns: COLUMNS,
  chart: { figure: 'good', against: 'frechet' },
  claims: [
    above('Without the pre-training term the distance to renders is larger: β = 0 against β = 0.3.', 'frechet', [
      'β = 0',
      'β = 0.3',
    ]),
    above('Tuning raises the share judged good: β = 0.3 against the base.', 'good', ['β = 0.3', 'base']),
    above('A larger β costs alignment: β = 0.3 against β = 1.', 'good', ['β = 0.3', 'β = 1']),
  ],
  tunes: true,
  variants: () => [base, ...BETAS.map((value) => tuningVariant(`β = ${value}`, { beta: value }))],
};

export const dataMixture: TuningExperiment = {
  name: 'data-mixture',
  title: 'The data',
  question: 'What do reward-labelled images and pre-training pairs add to labelled images?',
  columns: COLUMNS,
  chart: { figure: 'good', against: 'frechet' },
  claims: [
    above('Labelled images alone are further from renders than with reward-labelled images and pairs.', 'frechet', [
      'labelled',
      '+ pre-training',
    ]),
    above('Pre-training pairs bring the distance down.', 'frechet', ['+ reward-labelled', '+ pre-training']),
  ],
  tunes: true,
  variants: () => [
    base,
    tuningVariant('labelled', { images: 'labelled', weights: 'label', pretrainData: 'none' }),
    tuningVariant('+ reward-labelled', { images: 'all', weights: 'reward', pretrainData: 'none' }),
    tuningVariant('+ pre-training', { images: 'all', weights: 'reward' }),
  ],
};

const POWERS = [1, 2, 4, 8, 16, 32, 64];

export const rejectionSampling: TuningExperiment = {
  name: 'rejection-sampling',
  title: 'The best of N',
  question: 'What is choosing among 1 to 64 images worth, beside tuning and on top of it?',
  columns: [{ key: 'good', title: 'Judged good, unseen prompts', format: 'share', better: 'higher' }],
  chart: { figure: 'good', x: 'N, images to choose from' },
  claims: [
    bestOfClaim(
      'Of 16, the best by reward is judged good more often than one image.',
      ['base, by reward', 16],
      ['base, by reward', 1],
    ),
    bestOfClaim(
      'Of 16, the reward chooses better than the CLIP score.',
      ['base, by reward', 16],
      ['base, by CLIP score', 16],
    ),
    bestOfClaim(
      'One image of the tuned model is as good as the best of 4 of the base, or better.',
      ['tuned, by reward', 1],
      ['base, by reward', 4],
    ),
    bestOfClaim(
      'Choosing adds to tuning: of 16, the best of the tuned model beats the best of the base.',
      ['tuned, by reward', 16],
      ['base, by reward', 16],
    ),
  ],
  tunes: true,
  variants: ({ bestOf }) => {
    const sizes = POWERS.filter((n) => n <= bestOf);
    return (['base', 'tuned'] as const).map((name) => ({
      name,
      params: { sizes },
      run: (context) => measureBestOf(context, name, name === 'base' ? null : {}, sizes),
    }));
  },
};

type Point = readonly [series: string, n: number];

function bestOfClaim(text: string, [above, most]: Point, [below, least]: Point): Claim {
  return { text, figure: 'good', above: [above, `best of ${most}`], below: [below, `best of ${least}`] };
}
