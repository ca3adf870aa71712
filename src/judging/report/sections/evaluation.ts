// The tables of the evaluation, with their intervals.

import type { PromptSplit } from '../../../project/database/schema.ts';
import { orderCategories } from '../../../project/prompts/categories.ts';
import { SPLITS } from '../../evaluation/plan.ts';
import type { ContestantReport, EvaluationReport, GroupReport } from '../../evaluation/report.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { lineChart } from '../charts/line-chart.ts';
import { colorOf, label, nameOf } from '../contestant-style.ts';
import { change, count, counted, number, percent, points, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Row, table, withInterval } from '../table.ts';
import { missingSection, type Section, section, unjudgedSection } from './section.ts';

/** Of fewer prompts the intervals are too narrow; measured by `bench/statistics/few-prompts.ts`. */
const FEW_PROMPTS = 8;

export function evaluationSection(evaluation: EvaluationReport | null, isMeasured: boolean): Section {
  if (!evaluation && isMeasured) return unjudgedSection('evaluation', 'Evaluation');
  if (!evaluation) return missingSection('evaluation', 'Evaluation', 'evaluate');
  const { settings, contestants, agreement } = evaluation;
  const splits = SPLITS.filter((split) => groupOf(contestants[0]!, split, 'all'));
  return section(
    'evaluation',
    'Evaluation',
    html`<p>Every model drew ${settings.imagesPerPrompt} images of each prompt from the same noise (${settings.sampler}, ${settings.steps} steps, guidance ${settings.guidanceScale}${settings.width ? `, ${settings.width}×${settings.height} pixels` : ''}${settings.precision ? `, ${settings.precision}` : ''}${settings.negativePrompt ? `, away from “${settings.negativePrompt}”` : ''}), and a judge that learned from
renders alone, shares nothing with the reward function and makes no random errors said whether each shows what its prompt names. An image it could not tell counts as not good.${agreement ? agreementText(agreement) : ''}</p>
<p class="rule">Intervals are 95 %: ${count(settings.bootstrapSamples)} resamples of prompts within their categories, not of images, paired between models. They tell how much depends on the choice of prompts; other seeds of training are not in them. Where all prompts gave the same, a share has the exact interval over prompts and a difference has none. Fewer than ${FEW_PROMPTS} prompts are marked as few: of four, such intervals hold the truth in 87 to 90 of 100 cases, from six on in 93 to 96.</p>
<div class="charts">${splits.map((split) => goodChart(evaluation, split))}</div>
${splits.map((split) => goodTable(evaluation, split))}
${duels(evaluation)}`,
  );
}

function agreementText({ images, answered, same, kappa }: NonNullable<EvaluationReport['agreement']>): Html {
  return html` Simulated raters see with another judge, of another architecture and seed: both said good or bad of ${count(answered)} of ${count(images)} images, and the same of ${percent(same)} of them${kappa === null ? '' : ` (κ ${number(kappa)})`}.`;
}

export function groupOf(contestant: ContestantReport, split: PromptSplit, category: string): GroupReport | undefined {
  return contestant.groups.find((group) => group.split === split && group.category === category);
}

/** Of the splits that were evaluated the one that says most: what nothing learned from before what was learned from. */
export function tellingSplit([first]: readonly ContestantReport[]): PromptSplit {
  return SPLITS.find((split) => first && groupOf(first, split, 'all')) ?? 'seen';
}

/** `all`, then the categories of which there are figures. */
function categoriesIn({ groups }: ContestantReport, split: PromptSplit): string[] {
  const own = groups.filter((group) => group.split === split).map(({ category }) => category);
  return ['all', ...orderCategories(own.filter((category) => category !== 'all'))];
}

/** The result in one chart, for the top of the page; nothing before there is one. */
export function headlineChart(evaluation: EvaluationReport | null): Html | null {
  if (!evaluation) return null;
  const split = tellingSplit(evaluation.contestants);
  return html`<div class="charts headline">${goodChart(evaluation, split, ['all'])}</div>`;
}

function goodChart(
  { contestants }: EvaluationReport,
  split: PromptSplit,
  rows = categoriesIn(contestants[0]!, split),
): Html {
  const series = contestants.map((contestant, i) => ({
    name: nameOf(contestant),
    color: colorOf(contestants, i),
    values: rows.map((category) => groupOf(contestant, split, category)?.good ?? null),
  }));
  return intervalChart({
    title: `Judged good, ${split} prompts`,
    label: 'share of images, 95 % interval',
    rows,
    series,
    domain: [0, 1],
    format: (value) => `${Math.round(100 * value)} %`,
  });
}

function goodTable({ contestants }: EvaluationReport, split: PromptSplit): Html {
  const rows = categoriesIn(contestants[0]!, split).flatMap((category): Row[] => {
    const own = contestants.flatMap((contestant, i) => {
      const group = groupOf(contestant, split, category);
      return group ? [{ group, i }] : [];
    });
    if (own.length === 0) return [];
    const { prompts } = own[0]!.group;
    return [
      {
        head: `${category === 'all' ? 'all categories, each prompt alike' : category} · ${counted(prompts, 'prompt')}${prompts < FEW_PROMPTS ? ' (few)' : ''}`,
        cells: [],
      },
      ...own.map(({ group, i }) => ({
        head: label(contestants, i),
        cells: goodCells(group),
        total: category === 'all',
      })),
    ];
  });
  const columns = [
    'Model',
    'Images',
    'Judged good',
    'Against base',
    'Relative',
    'Unclear',
    'Empty',
    'Mean reward',
    'Diversity',
  ];
  return table(
    html`${{ unseen: 'Unseen', development: 'Development', seen: 'Seen' }[split]} prompts <span>– 95 % intervals below each figure</span>`,
    columns,
    rows,
  );
}

function goodCells({ images, good, versusBase, unclear, empty, reward, diversity }: GroupReport) {
  return [
    count(images),
    withInterval(percent(good.estimate), good),
    versusBase ? withInterval(points(versusBase.good.estimate), versusBase.good) : '–',
    versusBase?.growth ? withInterval(change(versusBase.growth.estimate), versusBase.growth) : '–',
    percent(unclear),
    empty === undefined ? '–' : percent(empty),
    reward ? withInterval(number(reward.estimate), reward, 1, 2) : '–',
    diversity ? withInterval(number(diversity.estimate), diversity, 1, 2) : '–',
  ];
}

function duels({ contestants }: EvaluationReport): Html | null {
  const rows = contestants.flatMap((contestant, i): Row[] =>
    SPLITS.flatMap((split) => {
      const versus = groupOf(contestant, split, 'all')?.versusBase;
      return versus
        ? [
            {
              head: html`${label(contestants, i)} · ${split}`,
              cells: [
                percent(versus.wins),
                percent(versus.losses),
                percent(versus.ties),
                signed(100 * (versus.wins - versus.losses)),
              ],
            },
          ]
        : [];
    }),
  );
  if (rows.length === 0) return null;
  return html`<h3>Image against image</h3><p>Images of one prompt and place in pairs: a win is one where this model’s image is good and the base’s is not.</p>
${table('Against the base, all categories', ['Model', 'Wins', 'Losses', 'Ties', 'Wins less losses'], rows)}`;
}

/** How far choosing by reward goes. */
export function bestOfChart({ bestOfCurve }: EvaluationReport): Html | null {
  if (bestOfCurve.length === 0) return null;
  const line = (split: PromptSplit, what: 'good' | 'reward') =>
    bestOfCurve.filter((point) => point.split === split).map((point) => [Math.log2(point.n), point[what]] as const);
  const first = bestOfCurve.some(({ split }) => split === 'unseen') ? 'unseen' : 'development';
  const sizes = [...new Set(bestOfCurve.map(({ n }) => n))];
  return lineChart({
    title: 'Best of n images of the base, by reward',
    lines: [
      { name: `judged good, ${first}`, color: 'c-good', points: line(first, 'good'), dots: true },
      { name: 'judged good, seen', color: 'c-base', points: line('seen', 'good'), dots: true },
      { name: `mean reward, ${first}`, color: 'c-best', points: line(first, 'reward'), dots: true, dashed: true },
    ],
    x: { label: 'n', ticks: sizes.map(Math.log2), format: (value) => String(Math.round(2 ** value)) },
    y: { label: '' },
  });
}
