// Automatic measures as tables for the terminal.

import type { Interval } from '../../statistics/bootstrap.ts';
import { formatTable, plural } from '../../util/text.ts';
import type { GenevalReport } from './geneval-run.ts';
import type { MeasuresReport } from './report.ts';

export function describeMeasures({ models, prompts, imagesPerPrompt, reference }: MeasuresReport): string {
  const header = ['', ...models.map(({ name }) => name)];
  const rows: string[][] = [
    ['CLIP score', ...models.map(({ clipScore }) => figure(clipScore.value, 1))],
    ['reward', ...models.map(({ reward }) => (reward ? figure(reward.value, 3) : '–'))],
    ...(models[0]!.doubt
      ? [['  doubt of its heads', ...models.map(({ doubt }) => (doubt ? figure(doubt.value, 3) : '–'))]]
      : []),
    ...(models[0]!.heldOut
      ? [['held-out reward', ...models.map(({ heldOut }) => (heldOut ? figure(heldOut.value, 3) : '–'))]]
      : []),
    ['diversity (1 − cos)', ...models.map(({ diversity }) => (diversity ? figure(diversity.value, 3) : '–'))],
    ...models[0]!.splits.flatMap(({ split, prompts }, i) => [
      [`CLIP score, ${prompts} ${split}`, ...models.map(({ splits }) => figure(splits[i]!.clipScore.value, 1))],
      ...(models[0]!.reward
        ? [[`reward, ${prompts} ${split}`, ...models.map(({ splits }) => figure(splits[i]!.reward!.value, 3))]]
        : []),
    ]),
    ...models[0]!.parts.map(({ part }, i) => [
      `${part} right, %`,
      ...models.map(({ parts }) => figure(scale(parts[i]!.value, 100), 1)),
    ]),
    ...models[0]!.distances.flatMap(({ features, cmmd }, i) => {
      const each = (
        of: (distance: (typeof models)[0]['distances'][0]) => Interval | null | undefined,
        digits: number,
      ) =>
        models.map(({ distances }) => {
          const value = of(distances[i]!);
          return value ? figure(value, digits) : '–';
        });
      return [
        [`Fréchet, ${features}`, ...each(({ frechet }) => frechet, 3)],
        ['  without bias (∞)', ...each(({ infinity }) => infinity, 3)],
        ...(cmmd
          ? [
              ['CMMD', ...each((distance) => distance.cmmd?.biased, 3)],
              ['  unbiased', ...each((distance) => distance.cmmd?.unbiased, 3)],
            ]
          : []),
      ];
    }),
  ];
  const images = models[0]!.images;
  const against = reference
    ? `Distances of ${plural(images, 'image')} to ${reference.images} ${reference.kind === 'renders' ? 'renders' : `pictures of ${reference.path}`}; compare equal numbers of images alone.`
    : 'No reference was given: distances are left out.';
  return `${plural(prompts, 'prompt')}, ${plural(imagesPerPrompt, 'image')} each; 95 % intervals over prompts.\n\n${formatTable([header, ...rows])}\n\n${against}`;
}

export function describeGeneval({ models, prompts, imagesPerPrompt, detector, colors }: GenevalReport): string {
  const tags = models[0]!.tasks.map(({ tag }) => tag);
  const rows = [
    ['', ...models.map(({ name }) => name)],
    ...tags.map((tag, i) => [tag, ...models.map(({ tasks }) => figure(tasks[i]!.right, 3))]),
    ['overall', ...models.map(({ overall }) => figure(overall, 3))],
    ['any image right', ...models.map(({ anyRight }) => anyRight.toFixed(3))],
  ];
  return `GenEval: ${plural(prompts, 'prompt')}, ${plural(imagesPerPrompt, 'image')} each, objects by ${detector.name}, colors by ${colors}; 95 % intervals over prompts.\n\n${formatTable(rows)}`;
}

function scale({ estimate, low, high }: Interval, by: number): Interval {
  return { estimate: by * estimate, low: low === null ? null : by * low, high: high === null ? null : by * high };
}

function figure({ estimate, low, high }: Interval, digits: number): string {
  const range = low === null || high === null ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  return `${estimate.toFixed(digits)}${range}`.replaceAll('-', '−');
}
