// Stage 3: how fine-tuning went.

import type { TuneSettings } from '../../../method/tuning/mixture.ts';
import { describeSources, type PlanSources } from '../../../method/tuning/plan.ts';
import { describeOrigins, isOwnAlone, type OriginCounts } from '../../../method/tuning/sources.ts';
import { configSchema } from '../../../project/config/config.ts';
import { describeMethod } from '../../../project/config/tune-methods.ts';
import { formatDuration, toSentence } from '../../../util/text.ts';
import type { StepPoint } from '../../evaluation/report.ts';
import { lineChart } from '../charts/line-chart.ts';
import { extent } from '../charts/scale.ts';
import type { SampleGrid, TuningData } from '../data.ts';
import { counted, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { PictureTag } from '../pictures.ts';
import { overOptimisation } from './over-optimisation.ts';
import { missingSection, type Section, section } from './section.ts';

export function tuningSection(
  tuning: TuningData | null,
  overSteps: readonly StepPoint[],
  picture: PictureTag,
): Section {
  if (!tuning) return missingSection('tuning', 'Fine-tuning', 'tune');
  const { settings, steps, seconds, status, plan, watch, published, curve } = tuning;
  const method = describeMethod(String(settings.method ?? configSchema.parse({}).tune.method)).title;
  const images = plan
    ? describeImages(
        curve.some((point) => point.mean_reward !== undefined),
        plan,
      )
    : null;
  const pairs =
    plan && Number(plan.pairsPerStep) > 0
      ? html`, beside pre-training pairs with weight β = ${String(settings.beta)}`
      : ', without pre-training pairs';
  return section(
    'tuning',
    'Fine-tuning',
    html`<p>The U-Net learned for ${counted(steps, 'step')} (${formatDuration(seconds)}) by ${method}${images}${pairs}. Text encoder and autoencoder stayed as they were.${status === 'done' ? null : html` <b>The run is ${status}, not done.</b>`}</p>
${describePlan(tuning)}
<div class="charts">${lossChart(tuning)}${roundChart(tuning)}${overSteps.length > 1 && !watch ? stepChart(overSteps) : normChart(tuning)}</div>
${watch ? overOptimisation(watch, overSteps, published ?? steps) : null}
${overSteps.length > 1 && !watch ? html`<p class="rule">Judge and reward on the sample images below, ${overSteps[0]!.images} a step: few, so read the direction only. Where the reward rises and the judge does not, the reward is being over-optimised.</p>` : null}
${tuning.samples ? sampleTable(tuning.samples, picture) : null}`,
  );
}

function describeImages(draws: boolean, plan: NonNullable<TuningData['plan']>): Html {
  const { images, prompts, meanWeight } = plan;
  if (draws) return html` on pictures of ${counted(Number(prompts), 'prompt')}, drawn in rounds`;
  const origins = plan.origins as OriginCounts | undefined;
  const whose = origins && !isOwnAlone(origins) ? ` (${describeOrigins(origins)})` : '';
  return html` on ${counted(Number(images), 'image')}${whose} of mean weight ${number(Number(meanWeight))}`;
}

/** What was done to pictures, and where pairs came from, in sentences. */
function describePlan({ plan, settings }: TuningData): Html | null {
  const lines = plan ? describeSources(plan as PlanSources, settings as Pick<TuneSettings, 'fit'>) : [];
  return lines.length === 0 ? null : html`<p>${lines.map(toSentence).join(' ')}</p>`;
}

/** What rounds drew, which tuning is to raise. */
function roundChart({ curve }: TuningData): Html | null {
  const points = curve.flatMap(({ step, mean_reward }) =>
    mean_reward === undefined ? [] : [[step, mean_reward] as const],
  );
  if (points.length === 0) return null;
  return lineChart({
    title: 'Mean reward of the pictures drawn',
    lines: [{ name: 'mean reward', color: 'c-best', points }],
    x: { label: 'step' },
    y: { label: 'of the round or step' },
  });
}

function lossChart({ curve }: TuningData): Html {
  const line = (
    name: string,
    color: string,
    of: (point: TuningData['curve'][number]) => number | undefined,
    dashed = false,
  ) => ({
    name,
    color,
    dashed,
    points: curve.flatMap((point) => {
      const value = of(point);
      return value === undefined ? [] : [[point.step, value] as const];
    }),
  });
  const each = curve.length > 1 ? curve[1]!.step - curve[0]!.step : 1;
  const lines = [
    line('whole', 'c-tuned', (point) => point.train_loss),
    line('images', 'c-best', (point) => point.reward_loss),
    line('pre-training', 'c-base', (point) => point.pretrain_loss, true),
  ];
  return lineChart({
    title: 'Loss',
    lines,
    x: { label: 'step' },
    y: { label: `noise-prediction error${each > 1 ? `, means of ${each} steps` : ''}` },
  });
}

function normChart({ curve }: TuningData): Html {
  const points = curve.map(({ step, grad_norm }) => [step, grad_norm] as const);
  return lineChart({
    title: 'Gradient norm',
    lines: [{ name: 'gradient norm', color: 'c-tuned', points }],
    x: { label: 'step' },
    y: { label: 'before clipping' },
  });
}

/** Judge and reward over steps; the reward is trained towards the same 0 to 1. */
function stepChart(points: readonly StepPoint[]): Html {
  const judged = points.map(({ step, good }) => [step, good] as const);
  const rewarded = points.flatMap(({ step, reward }) => (reward === null ? [] : [[step, reward] as const]));
  return lineChart({
    title: 'Judge and reward',
    lines: [
      { name: 'share judged good', color: 'c-good', points: judged, dots: true },
      { name: 'mean reward', color: 'c-best', points: rewarded, dots: true, dashed: true },
    ],
    x: {
      label: 'step',
      ticks: points
        .map(({ step }) => step)
        .filter((_, i, all) => all.length <= 6 || i % Math.ceil(all.length / 6) === 0),
    },
    y: { label: 'on the sample prompts', domain: extent([0, 1, ...rewarded.map(([, reward]) => reward)]) },
  });
}

function sampleTable({ steps, rows }: SampleGrid, picture: PictureTag): Html {
  const head = steps.map((step) => html`<th scope="col">${step === 0 ? 'base' : `step ${step}`}</th>`);
  const body = rows.map(({ prompt, hashes }) => {
    const cells = hashes.map(
      (hash, i) =>
        html`<td>${hash ? picture(hash, `“${prompt}” at ${steps[i] === 0 ? 'the base' : `step ${steps[i]}`}`) : '–'}</td>`,
    );
    return html`<tr><th scope="row">${prompt}</th>${cells}</tr>`;
  });
  return html`<h3>The same noise, as the model learned</h3><p class="rule">Prompts were fixed before tuning by the seed, the categories in turn; each row is one noise.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Samples over steps"><table class="samples"><thead><tr><th scope="col">Prompt</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
