// How far each reading of the reward can be taken as a probability.

import { describeTemperatures } from '../../../method/reward/describe-temperatures.ts';
import type { CalibrationFigures, CalibrationReport } from '../../../method/reward/measure-calibration.ts';
import { lineChart } from '../charts/line-chart.ts';
import { count, number, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { table } from '../table.ts';

const READINGS: Readonly<Record<CalibrationFigures['reading'], { readonly name: string; readonly color: string }>> = {
  score: { name: 'score itself', color: 'c-base' },
  calibrated: { name: 'calibrated', color: 'c-tuned' },
  'text-norm': { name: 'TextNorm', color: 'c-best' },
};

/** The part of the section about the reward. */
export function calibrationPart({
  temperatures,
  part,
  images,
  withoutEdits = 0,
  figures,
  doubt,
}: CalibrationReport): Html {
  const prompts = part === 'unseen' ? 'unseen prompts' : 'the prompts that validated, which also set the temperatures';
  return html`<h3>As a probability of good</h3>
<p>Three readings of one reward, over ${count(images)} rated images of ${prompts}. On the diagonal, of the images read as 80 % good 80 % are.</p>
<div class="charts one">${reliabilityChart(figures)}</div>
${figureTable(figures)}
<p class="rule">Calibrated is σ((r − ½)/T) with T = ${number(temperatures.scores)}${temperatures.textNorm === undefined ? '.' : html`; TextNorm is the softmax of r/τ over the prompt and edits of it that change its meaning, with τ = ${number(temperatures.textNorm)} (Kim et al., 2024).`} ${temperatures.textNorm === undefined ? 'T has' : 'T and τ have'} the lowest log loss on the prompts that validated.${describeTemperatures(temperatures).map((line) => html` <strong>${line}</strong>`)}${withoutEdits > 0 ? html` The prompts of ${count(withoutEdits)} of these images have no edits, so TextNorm says nothing of them.` : null} ECE is the expected calibration error over ten equal bins; with few images chance alone lifts it above 0.${
    doubt
      ? html` The heads of the ensemble differ by ${number(doubt.mean)} on average (standard deviation)${doubt.auroc === undefined ? null : html`; their difference tells wrong answers from right ones with an AUROC of ${number(doubt.auroc)}`}.`
      : null
  }</p>`;
}

function reliabilityChart(figures: readonly CalibrationFigures[]): Html {
  return lineChart({
    title: 'Reliability of each reading',
    lines: figures.map(({ reading, bins }) => ({
      ...READINGS[reading],
      dots: true,
      points: bins.flatMap(({ meanScore, goodShare }) =>
        meanScore === undefined || goodShare === undefined ? [] : [[meanScore, goodShare] as const],
      ),
    })),
    diagonal: true,
    x: { label: 'probability of good', domain: [0, 1] },
    y: { label: 'share answered good', domain: [0, 1] },
  });
}

function figureTable(figures: readonly CalibrationFigures[]): Html {
  return table(
    'Readings of the reward',
    ['Reading', 'ECE', 'Log loss', 'Accuracy', 'AUROC'],
    figures.map(({ reading, calibrationError, logLoss, accuracy, auroc }) => ({
      head: READINGS[reading].name,
      cells: [
        number(calibrationError, 3),
        number(logLoss, 3),
        percent(accuracy),
        auroc === undefined ? '–' : number(auroc, 3),
      ],
    })),
  );
}
