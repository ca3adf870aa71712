// The experiments on the reward function alone: minutes, since images and embeddings are shared.

import { join } from 'node:path';
import type { RewardSettings } from '../../method/reward/fit.ts';
import { meanOf, spreadOf } from '../../method/reward/scorer.ts';
import { rankByDoubt } from '../../method/reward/uncertain.ts';
import { configSchema } from '../../project/config/config.ts';
import { random } from '../../util/random.ts';
import {
  type AnsweredImage,
  fitLabels,
  labelImages,
  measureClip,
  measureUnseen,
  RATERS,
  type RaterNoise,
} from './reward-cell.ts';
import type { CellContext, CellRow, Claim, Column, ExperimentSettings, RewardExperiment, Variant } from './types.ts';

const REWARD_COLUMNS: readonly Column[] = [
  { key: 'accuracy', title: 'Accuracy, unseen prompts', format: 'share', better: 'higher' },
  { key: 'auroc', title: 'AUROC', format: 'number', better: 'higher' },
  { key: 'ece', title: 'ECE', format: 'number', better: 'lower' },
  { key: 'alignment', title: 'Judged good, best by reward', format: 'share', better: 'higher' },
];

const CLIP = 'CLIP score';

function settingsOf({ config }: ExperimentSettings, patch: Partial<RewardSettings> = {}): RewardSettings {
  return { ...configSchema.parse(config).reward, ...patch };
}

/** A seed's answers for all images of seen prompts, in an order of the seed. */
function labelAll({ pool, seed }: CellContext, raters: RaterNoise = RATERS): AnsweredImage[] {
  return random(seed, 'experiment', 'order').shuffle(labelImages(pool.world, pool.seen, raters, seed));
}

async function fitAndMeasure(
  context: CellContext,
  labels: readonly AnsweredImage[],
  settings: RewardSettings,
  bestOf: number,
) {
  const { score } = await fitLabels(context, labels, settings, join(context.folder, 'fit'));
  return measureUnseen(context.pool, meanOf(await score(context.pool.unseen)), bestOf);
}

function clipVariant(settings: ExperimentSettings): Variant {
  return {
    name: CLIP,
    params: { bestOf: settings.bestOf },
    run: async (context) => [
      { series: CLIP, name: CLIP, figures: await measureClip(context.pool, labelAll(context), settings.bestOf) },
    ],
  };
}

const LOSSES: readonly (readonly [name: string, patch: Partial<RewardSettings>])[] = [
  ['λ = 0', { lambda: 0 }],
  ['λ = 0.03, T = 0.2, N = 10', { lambda: 0.03, temperature: 0.2, negatives: 9 }],
  ['λ = 0.5, T = 2, N = 10', { lambda: 0.5, temperature: 2, negatives: 9 }],
  ['λ = 0.5, T = 0.2, N = 10', { lambda: 0.5, temperature: 0.2, negatives: 9 }],
  ['λ = 0.03, T = 2, N = 10', { lambda: 0.03, temperature: 2, negatives: 9 }],
  ['λ = 0.03, T = 0.2, N = 4', { lambda: 0.03, temperature: 0.2, negatives: 3 }],
];

export const auxiliaryLoss: RewardExperiment = {
  name: 'auxiliary-loss',
  title: 'The auxiliary loss',
  question: 'Does prompt classification (λ > 0) make the reward function predict answers on unseen prompts better?',
  columns: REWARD_COLUMNS,
  chart: { figure: 'accuracy' },
  claims: [
    claim('The reward predicts answers better than the CLIP score does, on unseen prompts.', LOSSES[1]![0], CLIP, CLIP),
    claim('Prompt classification helps: λ = 0.03, T = 0.2 against λ = 0.', LOSSES[1]![0], LOSSES[0]![0]),
    claim('Prompt classification helps: λ = 0.5, T = 2 against λ = 0.', LOSSES[2]![0], LOSSES[0]![0]),
  ],
  tunes: false,
  variants: (settings) => [
    ...LOSSES.map(([name, patch]): Variant => {
      const reward = settingsOf(settings, patch);
      return {
        name,
        params: { reward, bestOf: settings.bestOf },
        run: async (context) => [
          {
            series: 'reward',
            name,
            figures: await fitAndMeasure(context, labelAll(context), reward, settings.bestOf),
          },
        ],
      };
    }),
    clipVariant(settings),
  ],
};

function claim(text: string, above: string, below: string, belowSeries = 'reward', figure = 'accuracy'): Claim {
  return { text, figure, above: ['reward', above], below: [belowSeries, below] };
}

const labelsName = (n: number) => `${n} labels`;

export const labelBudget: RewardExperiment = {
  name: 'label-budget',
  title: 'The number of labels',
  question: 'How do accuracy, and alignment of the best image by reward, grow with the number of labels?',
  columns: REWARD_COLUMNS,
  chart: { figure: 'accuracy', x: 'labels' },
  claims: [
    claim('More labels make a better reward: 960 against 120.', labelsName(960), labelsName(120)),
    claim(
      'The best image by reward grows with labels: 960 against 120.',
      labelsName(960),
      labelsName(120),
      'reward',
      'alignment',
    ),
  ],
  tunes: false,
  variants: (settings) =>
    settings.budgets.map((n): Variant => {
      const reward = settingsOf(settings);
      return {
        name: labelsName(n),
        params: { reward, labels: n, bestOf: settings.bestOf },
        run: async (context) => {
          const labels = labelAll(context).slice(0, n);
          const figures = await fitAndMeasure(context, labels, reward, settings.bestOf);
          return [{ series: 'reward', name: labelsName(n), x: labels.length, figures }];
        },
      };
    }),
};

const ERRORS = [0, 0.1, 0.2, 0.3];

export const raterNoise: RewardExperiment = {
  name: 'rater-noise',
  title: 'Errors of raters',
  question: 'How much do wrong answers cost, and do three raters an image mend it?',
  columns: REWARD_COLUMNS,
  chart: { figure: 'accuracy', x: 'share of wrong answers' },
  claims: [
    {
      text: 'Three answers an image make up for errors of 30 %.',
      figure: 'accuracy',
      above: ['three raters', '30 % wrong'],
      below: ['one rater', '30 % wrong'],
    },
  ],
  tunes: false,
  variants: (settings) =>
    ([1, 3] as const).flatMap((perImage) =>
      ERRORS.map((errorRate): Variant => {
        const reward = settingsOf(settings);
        const series = perImage === 1 ? 'one rater' : 'three raters';
        const name = `${Math.round(100 * errorRate)} % wrong`;
        const raters = { ...RATERS, errorRate, perImage };
        return {
          name: `${series}, ${name}`,
          params: { reward, raters, bestOf: settings.bestOf },
          run: async (context) => {
            const labels = labelAll(context, raters);
            const figures = await fitAndMeasure(context, labels, reward, settings.bestOf);
            return [{ series, name, x: errorRate, figures }];
          },
        };
      }),
    ),
};

const HEADS = 5;

export const activeLabelling: RewardExperiment = {
  name: 'active-labelling',
  title: 'Which image to label next',
  question: 'Do labels of the images that the heads of an ensemble disagree about teach more than labels at random?',
  columns: REWARD_COLUMNS,
  chart: { figure: 'accuracy', x: 'labels' },
  claims: [
    {
      text: 'At 300 labels, those chosen by disagreement teach more than those at random.',
      figure: 'accuracy',
      above: ['by disagreement', labelsName(300)],
      below: ['at random', labelsName(300)],
    },
  ],
  tunes: false,
  variants: (settings) => {
    const reward = settingsOf(settings, { members: HEADS });
    const { round, bestOf } = settings;
    return (['at random', 'by disagreement'] as const).map(
      (series): Variant => ({
        name: series,
        params: { reward, round, bestOf, series },
        run: (context) => runRounds(context, series, reward, settings),
      }),
    );
  },
};

/** Rounds of labelling: the first at random, each later one by the strategy; a point after each. */
async function runRounds(
  context: CellContext,
  series: 'at random' | 'by disagreement',
  reward: RewardSettings,
  { round, bestOf }: ExperimentSettings,
): Promise<CellRow[]> {
  let open = labelAll(context);
  let labels: AnsweredImage[] = [];
  const rows: CellRow[] = [];
  const take = (images: readonly AnsweredImage[]) => {
    const chosen = images.slice(0, round.labels);
    const ids = new Set(chosen.map(({ id }) => id));
    labels = [...labels, ...chosen];
    open = open.filter(({ id }) => !ids.has(id));
  };
  take(open);
  for (let i = 1; i <= round.count; i++) {
    const { score } = await fitLabels(context, labels, reward, join(context.folder, `round-${i}`));
    const figures = measureUnseen(context.pool, meanOf(await score(context.pool.unseen)), bestOf);
    rows.push({ series, name: labelsName(i * round.labels), x: i * round.labels, figures });
    if (i === round.count) break;
    take(series === 'at random' ? open : rankByDoubt(open, spreadOf(await score(open))));
  }
  return rows;
}
