// The tables of a reproduction: what each seed came to, rows beside the method, by category, and what was left out of shares.

import type { GroupReport } from '../../src/judging/evaluation/report.ts';
import { countResults, writePaperFigure } from '../../src/judging/experiments/paper-figures.ts';
import { findGroup } from '../../src/judging/experiments/recipes/groups.ts';
import { findRecipe } from '../../src/judging/experiments/recipes/recipes.ts';
import type { SeedResult } from '../../src/judging/experiments/reproduce.ts';
import type { PromptSplit } from '../../src/project/database/schema.ts';
import { exactShare } from '../../src/statistics/exact-share.ts';
import { signTest } from '../../src/statistics/sign-test.ts';
import { contestant, poolGood } from './claims.ts';
import type { Reproduction } from './files.ts';
import { number, percent, points, pValue, range, signed, table } from './write.ts';

export function writeReproduction(reproduction: Reproduction): string {
  const { name, seeds } = reproduction;
  const recipe = seeds[0]!.recipe ?? 'ours';
  const { world, generate, tune, evaluate } = seeds[0]!.config;
  const head = [
    `Recipe \`${recipe}\` (${findRecipe(recipe).about}), world \`${world ?? 'embedded'}\`; seeds ${seeds.map(({ seed }) => seed).join(', ')}; ${tune.maxTrainSteps} steps;`,
    `${generate.imagesPerPrompt} images a prompt at guidance ${generate.guidanceScale}; ${evaluate.imagesPerPrompt} judged of each prompt; on ${seeds[0]!.machine}.`,
    `Configuration and all figures: \`${name}/seed-<n>.json\`.`,
  ].join(' ');
  const parts = [
    head,
    writeSeeds(seeds),
    writeRows(seeds),
    writeCategories(reproduction),
    writeUnsure(seeds),
    ...writeDetails(reproduction),
    ...writePaper(seeds),
  ];
  return parts.filter(Boolean).join('\n\n');
}

const groupOf = (seed: SeedResult, name: string, split: PromptSplit, category = 'all'): GroupReport | undefined =>
  findGroup(contestant(seed, name)?.groups ?? [], split, category);

type Cell = (seed: SeedResult) => string | undefined;

function writeSeeds(seeds: readonly SeedResult[]): string {
  const good = (name: string, split: PromptSplit) => (seed: SeedResult) => {
    const found = groupOf(seed, name, split)?.good;
    return found && `${percent(found.estimate)} ${range(found, 100, 1)}`;
  };
  const gain = (split: PromptSplit) => (seed: SeedResult) => {
    const found = groupOf(seed, 'tuned', split)?.versusBase?.good;
    return found && `${points(found.estimate)} ${range(found, 100, 1)}`;
  };
  const best = (seed: SeedResult) => seed.evaluation.contestants.find(({ kind }) => kind === 'best-of');
  const rows: [string, Cell][] = [
    ['judged good, unseen: base', good('base', 'unseen')],
    ['tuned', good('tuned', 'unseen')],
    ['gain: wins less losses of paired images', gain('unseen')],
    ['gain on seen prompts', gain('seen')],
    [
      'best of N of the base, by reward',
      (seed) =>
        groupOf(seed, best(seed)?.name ?? '', 'unseen') &&
        `${best(seed)!.name}: ${percent(groupOf(seed, best(seed)!.name, 'unseen')!.good.estimate)}`,
    ],
    [
      'Fréchet distance: base, tuned',
      (seed) => ['base', 'tuned'].map((name) => number(contestant(seed, name)!.frechet.all.value)).join(', '),
    ],
    [
      'its growth',
      (seed) => {
        const growth = contestant(seed, 'tuned')?.frechet.all.growth;
        return growth ? `${signed(100 * growth.value, 0)} %` : undefined;
      },
    ],
    [
      'diversity within a prompt, unseen: base, tuned',
      (seed) =>
        ['base', 'tuned']
          .map((name) => number(groupOf(seed, name, 'unseen')?.diversity?.estimate ?? Number.NaN))
          .join(', '),
    ],
    [
      'reward: accuracy on unseen prompts',
      (seed) => {
        const row = findGroup(seed.evaluation.prediction, 'unseen');
        return row && `${percent(row.accuracy.estimate)} ${range(row.accuracy, 100, 1)}`;
      },
    ],
    [
      '… above the CLIP score',
      (seed) => {
        const row = findGroup(seed.evaluation.prediction, 'unseen')?.gain;
        return row ? `${points(row.estimate)} ${range(row, 100, 1)}` : undefined;
      },
    ],
    [
      'AUROC on unseen prompts: reward, CLIP score',
      (seed) => {
        const row = findGroup(seed.evaluation.prediction, 'unseen');
        return row && [row.auroc, row.clip.auroc].map((value) => (value === null ? '–' : number(value))).join(', ');
      },
    ],
  ];
  return table(
    ['', ...seeds.map(({ seed }) => `seed ${seed}`)],
    rows.map(([title, cell]) => [title, ...seeds.map((seed) => cell(seed) ?? '–')]),
  );
}

/** The method and what was tuned beside it: gain on unseen prompts, and the distance. */
function writeRows(seeds: readonly SeedResult[]): string {
  const names = seeds[0]!.evaluation.contestants.filter(({ kind }) => kind === 'tuned').map(({ name }) => name);
  if (names.length < 2) return '';
  const { rows } = findRecipe(seeds[0]!.recipe ?? 'ours');
  return table(
    ['gain on unseen prompts, Fréchet distance', ...seeds.map(({ seed }) => `seed ${seed}`)],
    names.map((name) => [
      name === 'tuned' ? 'the method' : (rows[name]?.about ?? name),
      ...seeds.map((seed) => {
        const found = groupOf(seed, name, 'unseen')?.versusBase?.good;
        const distance = contestant(seed, name)?.frechet.all.value;
        return found && distance !== undefined
          ? `${points(found.estimate)} ${range(found, 100, 1)}, ${number(distance)}`
          : '–';
      }),
    ]),
  );
}

/** Gains on unseen prompts by category; of few prompts, how many gained and lost says more than a mean. */
function writeCategories(reproduction: Reproduction): string {
  const { seeds, details } = reproduction;
  const groups = contestant(seeds[0]!, 'tuned')!.groups.filter(
    ({ split, category }) => split === 'unseen' && category !== 'all',
  );
  const pooled = details.length > 0;
  return table(
    [
      'gain on unseen prompts of',
      'prompts a seed',
      ...seeds.map(({ seed }) => `seed ${seed}`),
      ...(pooled ? ['all seeds', 'prompts better : worse'] : []),
    ],
    groups.map(({ category, prompts }) => {
      const all = pooled ? poolGood(reproduction, 'tuned', 'base', category) : undefined;
      return [
        category,
        String(prompts),
        ...seeds.map((seed) =>
          points(groupOf(seed, 'tuned', 'unseen', category)?.versusBase?.good.estimate ?? Number.NaN),
        ),
        ...(pooled
          ? [all ? `${points(all.estimate)} ${range(all, 100, 1)}` : '–', writeSigns(reproduction, category)]
          : []),
      ];
    }),
  );
}

/** Different prompts on which the tuned model is good more often, and less often, than the base, over all seeds. */
function writeSigns({ details }: Reproduction, category: string): string {
  const sums = new Map<string, number>();
  for (const { prompts } of details)
    for (const { prompt, split, category: own, models } of prompts)
      if (split === 'unseen' && own === category)
        sums.set(prompt, (sums.get(prompt) ?? 0) + models.tuned!.good - models.base!.good);
  const count = (sign: number) => [...sums.values()].filter((sum) => Math.sign(sum) === sign).length;
  const [better, worse] = [count(1), count(-1)];
  return `${better} : ${worse} of ${sums.size}, ${pValue(signTest(better, worse))}`;
}

/** What a share judged good counts as not good: what the judge could not read, and what shows nothing. */
function writeUnsure(seeds: readonly SeedResult[]): string {
  const cell = (seed: SeedResult, name: string) => {
    const found = groupOf(seed, name, 'unseen');
    if (!found) return '–';
    const told = found.good.estimate / (1 - found.unclear);
    const empty = found.empty === undefined ? 'not told' : percent(found.empty);
    return `${percent(found.unclear)}, ${empty}, ${percent(told)}`;
  };
  return table(
    ['unseen: not to be read, empty, good of those that are read', ...seeds.map(({ seed }) => `seed ${seed}`)],
    ['base', 'tuned'].map((name) => [name, ...seeds.map((seed) => cell(seed, name))]),
  );
}

/** Variety of good pictures, copies, ranking within prompts, sets by raters: of releases that keep them. */
function writeDetails({ details, seeds }: Reproduction): string[] {
  if (details.length === 0)
    return [
      'These seeds were run by a release that kept no figures by prompt: seeds are not pooled over prompts, and variety of good pictures, copies and ranking within prompts are not told.',
    ];
  const head = (title: string) => [title, ...seeds.map(({ seed }) => `seed ${seed}`)];
  const names = Object.keys(details[0]!.variety);
  const variety = table(
    head('unseen: recall, coverage of renders; entropy of free parts of good pictures (of renders), bits'),
    names.map((name) => [
      name,
      ...details.map(({ variety }) => {
        const row = variety[name]?.rows.find(({ split }) => split === 'unseen');
        if (!row) return '–';
        const cover = row.coverage ? `${percent(row.coverage.recall)}, ${percent(row.coverage.coverage)}` : 'too few';
        const bits = (value: number | null) => (value === null ? '–' : number(value));
        return [
          cover,
          ...row.free.map(({ part, entropy, renders }) => `${part} ${bits(entropy)} (${bits(renders)})`),
        ].join('; ');
      }),
    ]),
  );
  const copies = table(
    head('as near to a picture that was learned from as one in a hundred of the base’s'),
    names.map((name) => [name, ...details.map(({ variety }) => percent(variety[name]?.copies.share ?? Number.NaN))]),
  );
  const ranking = table(
    head('within a prompt, the good picture of two is told by: reward, CLIP score'),
    ['unseen', 'seen'].map((split) => [
      split,
      ...details.map(({ ranking }) => {
        const row = ranking.find((one) => one.split === split && one.category === 'all');
        return row
          ? [row.reward, row.clip]
              .map(({ accuracy }) => `${percent(accuracy.estimate)} ${range(accuracy, 100, 1)}`)
              .join(', ')
          : '–';
      }),
    ]),
  );
  return [variety, copies, ranking, writeSets(details)].filter(Boolean);
}

/** Prompts won and lost in sets, over the seeds together, with exact intervals: they are few. */
function writeSets(details: Reproduction['details']): string {
  const comparisons = details[0]!.sets.map(({ a, b }) => `${a} : ${b}`);
  if (comparisons.length === 0) return '';
  const rows = comparisons.flatMap((name, i) =>
    (['alignment', 'fidelity'] as const).flatMap((question) =>
      (['unseen', 'seen'] as const).flatMap((split) => {
        const verdicts = details.flatMap(({ sets }) =>
          sets[i]!.verdicts.filter((one) => one.question === question && one.split === split),
        );
        if (verdicts.length === 0) return [];
        const [won, lost] = countResults(verdicts).map((share) =>
          exactShare(Math.round(share * verdicts.length), verdicts.length),
        );
        const cell = (share: typeof won) => `${percent(share!.estimate)} ${range(share!, 100, 1)}`;
        return [[`${name}, ${question}, ${split}`, String(verdicts.length), cell(won), cell(lost)]];
      }),
    ),
  );
  return table(['sets side by side, two thirds of nine simulated raters', 'prompts', 'won', 'lost'], rows);
}

function writePaper(seeds: readonly SeedResult[]): string[] {
  const [first] = seeds;
  if (!first?.paper) return [];
  return [
    table(
      ['', 'in the paper', ...seeds.map(({ seed }) => `seed ${seed}`)],
      first.paper.map(({ name, unit, paper }) => [
        name,
        writePaperFigure(unit, paper),
        ...seeds.map((seed) => writePaperFigure(unit, seed.paper?.find((one) => one.name === name)?.came ?? [])),
      ]),
    ),
  ];
}
