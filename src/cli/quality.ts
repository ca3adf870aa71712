// `collimate quality`: how far raters agree, how each one does, and what more answers would bring.

import { type Command, Option } from 'commander';
import { measureQuality, planQuality, type Quality, type QualityPlan } from '../method/feedback/rater-quality.ts';
import { howToRate } from '../method/session.ts';
import { IMAGE_PURPOSES, type ImagePurpose } from '../project/database/schema.ts';
import type { Interval } from '../statistics/interval.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { numberBetween, wholeNumber } from './numbers.ts';
import { withProject } from './with-project.ts';

interface Options {
  purpose: ImagePurpose;
  width: number;
  maxRaters: number;
  hourlyPay?: number;
}

export function register(command: Command, context: CliContext): void {
  command
    .addOption(
      new Option('--purpose <purpose>', 'answers about images drawn for feedback or evaluation')
        .choices(IMAGE_PURPOSES)
        .default('feedback'),
    )
    .option(
      '--width <width>',
      'plan for a 95 % interval of the share good of this full width',
      numberBetween(0.005, 0.5),
      0.1,
    )
    .option('--max-raters <n>', 'plan for at most so many raters an image', wholeNumber(1, 25), 5)
    .option(
      '--hourly-pay <amount>',
      'what an hour of rating costs, to print the cost of each plan',
      numberBetween(0, 1e6),
    )
    .action(async ({ purpose, width, maxRaters, hourlyPay: pay }: Options) => {
      const { quality, plan } = await withProject(context, command, async ({ db, config }) => {
        const read = await measureQuality(db, { purpose });
        const rated = read.raters.some(({ answers }) => answers > 0);
        if (!rated)
          throw new CollimateError(
            'MISSING_STAGE',
            `quality: no image drawn for ${purpose} is rated`,
            howToRate(config.world !== 'none'),
          );
        return { quality: read, plan: await planOrNull(() => planQuality(db, { purpose, width, most: maxRaters })) };
      });
      context.print({ ...quality, plan }, describe(quality, plan, width, pay));
    });
  addConfigFlags(command, []);
  addExamples(command, ['quality', 'quality --width 0.05 --hourly-pay 15', 'quality --json']);
}

/** Answers of one kind are no reason to withhold the rest. */
async function planOrNull(plan: () => Promise<QualityPlan>): Promise<QualityPlan | null> {
  try {
    return await plan();
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'MISSING_STAGE') return null;
    throw error;
  }
}

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
const shareOf = (value: Interval | null) =>
  value ? `${percent(value.estimate)} (${percent(value.low)} to ${percent(value.high)})` : '–';
const end = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const measureOf = (value: Interval | null) =>
  value ? `${value.estimate.toFixed(2)} (${end(value.low)} to ${end(value.high)})` : '–';
const seconds = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} s`);

function describe({ raters, agreement }: Quality, plan: QualityPlan | null, width: number, pay?: number): string {
  const raterRows = raters.map((rater) => [
    rater.excluded ? `${rater.name} (excluded)` : rater.name,
    formatNumber(rater.answers),
    percent(rater.goodShare),
    percent(rater.skipShare),
    seconds(rater.medianSeconds),
    shareOf(rater.againstRest),
    shareOf(rater.againstGold),
    shareOf(rater.againstSelf),
    rater.estimated ? `${percent(rater.estimated.good)} / ${percent(rater.estimated.bad)}` : '–',
  ]);
  const agreementRows = agreement.map(({ category, items, agreement: alike, kappa, alpha }) => [
    category,
    formatNumber(items),
    shareOf(alike),
    measureOf(kappa),
    measureOf(alpha),
  ]);
  const lines = [
    formatTable([
      ['', 'answers', 'good', 'skipped', 'median', 'like the rest', 'like gold', 'like before', 'right on good / bad'],
      ...raterRows,
    ]),
    '',
    agreementRows.length > 0
      ? formatTable([['', 'images', 'alike', 'Fleiss’ κ', 'Krippendorff’s α'], ...agreementRows])
      : 'No image has two answers, so agreement cannot be told.',
    '',
  ];
  return [...lines, ...describePlan(plan, width, pay)].join('\n');
}

function describePlan(plan: QualityPlan | null, width: number, pay?: number): string[] {
  if (!plan) return ['Too few answers to plan by: there are no good ones, or no bad ones.'];
  const rows = plan.plans.map(({ ratersPerImage, raters, prompts, images, answers, hours }) => [
    `${ratersPerImage} an image`,
    formatNumber(raters),
    formatNumber(prompts),
    formatNumber(images),
    formatNumber(answers),
    hours === null ? '–' : hours.toFixed(1),
    ...(pay === undefined ? [] : [hours === null ? '–' : formatNumber(Math.round(hours * pay))]),
  ]);
  const head = ['raters', 'people', 'prompts', 'images', 'answers', 'hours', ...(pay === undefined ? [] : ['cost'])];
  return [
    `For a 95 % interval of the share good that is ${percent(width)} wide in full:`,
    '',
    formatTable([head, ...rows]),
    '',
    plan.basis,
  ];
}
