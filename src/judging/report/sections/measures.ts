// Automatic measures of every model, each with its interval; and GenEval where a detector was given.

import type { Interval } from '../../../statistics/bootstrap.ts';
import type { GenevalReport } from '../../measures/geneval-run.ts';
import type { Measured, MeasuresReport, ModelMeasures } from '../../measures/report.ts';
import { scatter } from '../charts/scatter.ts';
import { count, counted, number, percent, range, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Row, table, withInterval } from '../table.ts';
import { missingSection, type Section, section } from './section.ts';

const TITLE = 'Automatic measures';
const COLORS = ['c-tuned', 'c-other1', 'c-other2', 'c-best'];

export function measuresSection(measures: MeasuresReport | null, geneval: GenevalReport | null): Section {
  if (!measures && !geneval) return missingSection('measures', TITLE, 'evaluate measures');
  return section(
    'measures',
    TITLE,
    html`${measures ? measuresPart(measures) : null}${geneval ? genevalPart(geneval) : null}`,
  );
}

function measuresPart(measures: MeasuresReport): Html {
  const { models, prompts, imagesPerPrompt, reference } = measures;
  const images = models[0]!.images;
  return html`<p>Figures that no person has to give, over ${counted(prompts, 'prompt')} with ${counted(imagesPerPrompt, 'image')} each. CLIP’s are easily led: the reward function learned from the same embeddings, so they count as its own opinion and not as a second one.</p>
<div class="charts one">${tradeOff(measures)}</div>
${figureTable('Means over prompts', listFigures(), models)}${splitTables(models)}${figureTable('Images on which a part of the prompt is right, %, by the judge', listParts(models), models)}
${reference ? distanceTable(models) : null}
<p class="rule">CLIP score is 100 · cos of image and prompt; diversity is 1 − cos of two images of one prompt, both on the project’s CLIP. ${models[0]!.parts.length > 0 ? 'A part is right where the judge sees what the prompt names, over the prompts that name it. ' : null}Intervals are 95 % over prompts: of means by bootstrap within categories, of distances by the delete-a-group jackknife. ${
    reference
      ? html`The reference are ${count(reference.images)} ${reference.kind === 'renders' ? 'renders of the same prompts' : 'pictures of the user’s folder'}. A Fréchet distance from ${counted(images, 'image')} is too high by a part that falls about as 1/n, so only equal numbers compare; the column ∞ follows it to infinitely many images (Chong and Forsyth, 2020, with halves), which removes most of that part, not all, and leaves that of the reference. CMMD needs no Gaussian, and its unbiased form has no such part (Jayasumana et al., 2024; CLIP here is the project’s, so its figures compare within the project). Features of CLIP or of the judge compare with no FID of other work.`
      : 'Without a reference there are no distances: name a folder of pictures with --reference.'
  }</p>`;
}

/** CLIP score against distance: what a tuned model gains and what it costs, without people. */
function tradeOff({ models, reference }: MeasuresReport): Html | null {
  if (!reference) return null;
  const points = models.map(({ name, clipScore, distances }, i) => {
    const cmmd = distances[0]!.cmmd!.unbiased;
    return {
      name,
      color: colorOf(i),
      x: clipScore.value.estimate,
      range: clipScore.value,
      y: cmmd.estimate,
      spread: cmmd.high === null ? null : cmmd.high - cmmd.estimate,
    };
  });
  return scatter({
    title: 'CLIP score and CMMD',
    points,
    x: { label: 'CLIP score; higher is nearer to the prompt' },
    y: { label: 'CMMD to the reference, unbiased; lower is nearer' },
  });
}

function colorOf(i: number): string {
  return i === 0 ? 'c-base' : COLORS[(i - 1) % COLORS.length]!;
}

function label(name: string, i: number): Html {
  return html`<span class="dot ${colorOf(i)}"></span>${name}`;
}

interface Figure {
  readonly title: string;
  readonly digits: number;
  readonly by: number;
  of(model: ModelMeasures): Measured | null | undefined;
}

function listFigures(): Figure[] {
  return [
    { title: 'CLIP score', digits: 2, by: 1, of: ({ clipScore }) => clipScore },
    { title: 'Reward', digits: 3, by: 1, of: ({ reward }) => reward },
    { title: 'Reward’s doubt', digits: 3, by: 1, of: ({ doubt }) => doubt },
    { title: 'Held-out reward', digits: 3, by: 1, of: ({ heldOut }) => heldOut },
    { title: 'Diversity', digits: 3, by: 1, of: ({ diversity }) => diversity },
  ];
}

/** The same figures split by split, where there is more than one. */
function splitTables(models: readonly ModelMeasures[]): Html[] {
  const { splits } = models[0]!;
  if (splits.length < 2) return [];
  return splits.flatMap(({ split, prompts }, k) => {
    const figures: Figure[] = [
      { title: 'CLIP score', digits: 2, by: 1, of: (model) => model.splits[k]?.clipScore },
      { title: 'Reward', digits: 3, by: 1, of: (model) => model.splits[k]?.reward },
      { title: 'Held-out reward', digits: 3, by: 1, of: (model) => model.splits[k]?.heldOut },
      { title: 'Diversity', digits: 3, by: 1, of: (model) => model.splits[k]?.diversity },
    ];
    return figureTable(`The ${count(prompts)} ${split} prompts`, figures, models) ?? [];
  });
}

function listParts(models: readonly ModelMeasures[]): Figure[] {
  return models[0]!.parts.map(({ part, prompts }, k) => ({
    title: `${part[0]!.toUpperCase()}${part.slice(1)} · ${counted(prompts, 'prompt')}`,
    digits: 1,
    by: 100,
    of: ({ parts }) => parts[k],
  }));
}

/** A column a figure; what no model has is left out. */
function figureTable(title: string, all: readonly Figure[], models: readonly ModelMeasures[]): Html | null {
  const figures = all.filter(({ of }) => models.some(of));
  if (figures.length === 0) return null;
  const row = (model: ModelMeasures, i: number, which: keyof Measured): Row => ({
    head: label(model.name, i),
    cells: figures.map(({ of, digits, by }) => {
      const interval = of(model)?.[which];
      return interval ? cell(interval, digits, by, which === 'versusBase') : '–';
    }),
  });
  const differences = models.flatMap((model, i) => (i === 0 ? [] : [row(model, i, 'versusBase')]));
  const rows = [
    ...models.map((model, i) => row(model, i, 'value')),
    ...(differences.length > 0
      ? [{ head: 'Less the base, on the same prompts and seeds', cells: [] }, ...differences]
      : []),
  ];
  return table(
    html`${title} <span>– 95 % intervals below each figure</span>`,
    ['Model', ...figures.map((figure) => figure.title)],
    rows,
  );
}

function cell(interval: Interval, digits: number, by = 1, difference = false): Html {
  const value = by * interval.estimate;
  return withInterval(difference ? signed(value, digits) : number(value, digits), interval, by, digits);
}

function distanceTable(models: readonly ModelMeasures[]): Html {
  const rows = models[0]!.distances.flatMap(({ features, width, images, reference }, k): Row[] => [
    { head: `${features}, ${count(width)} wide · ${count(images)} images against ${count(reference)}`, cells: [] },
    ...models.map(({ name, distances }, i) => {
      const { frechet, infinity, cmmd } = distances[k]!;
      const figure = (interval: Interval | null | undefined) => (interval ? cell(interval, 3) : '–');
      return {
        head: label(name, i),
        cells: [figure(frechet), figure(infinity), figure(cmmd?.biased), figure(cmmd?.unbiased)],
      };
    }),
  ]);
  return table(
    html`Distances to the reference <span>– lower is nearer</span>`,
    ['Model', 'Fréchet', 'Fréchet, ∞', 'CMMD', 'CMMD, unbiased'],
    rows,
  );
}

function genevalPart({ models, prompts, imagesPerPrompt, detector, colors }: GenevalReport): Html {
  const tags = models[0]!.tasks.map(({ tag }) => tag);
  const rows = [
    ...tags.map((tag, k) => ({
      head: `${tag.replaceAll('_', ' ')} · ${counted(models[0]!.tasks[k]!.prompts, 'prompt')}`,
      cells: models.map(({ tasks }) => share(tasks[k]!.right)),
    })),
    { head: 'overall, tasks alike', cells: models.map(({ overall }) => share(overall)), total: true },
    { head: 'at least one image right', cells: models.map(({ anyRight }) => percent(anyRight)) },
  ];
  return html`<h3>GenEval</h3><p>${counted(prompts, 'prompt')} with ${counted(imagesPerPrompt, 'image')} each: objects found by ${detector.name}, colors by ${colors === 'clip' ? 'CLIP' : 'the judge'}, scored by GenEval’s rules (Ghosh et al., 2023). Another detector gives other figures.</p>
${table(html`Images that are right <span>– 95 % intervals below each figure</span>`, ['Task', ...models.map(({ name }) => name)], rows)}`;
}

function share(interval: Interval): Html {
  return html`${percent(interval.estimate)}<span class="i">${range(interval)}</span>`;
}
