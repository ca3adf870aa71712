// What a seed's result leaves out: figures by prompt, without which seeds cannot be pooled, variety of good pictures, ranking
// within prompts, and what raters said of sets. One file beside the result.

import { BASE } from '../../method/models.ts';
import { measurePairs, type PairwiseFigures } from '../../method/reward/metrics/pairwise.ts';
import type { Session } from '../../method/session.ts';
import { decodePng } from '../../pictures/image.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import type { Project } from '../../project/project.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { random } from '../../util/random.ts';
import { SPLITS } from '../evaluation/plan.ts';
import { type Gallery, openGallery, type ScoredPicture } from './pictures.ts';
import type { ReproductionRecipe } from './recipes/recipe.ts';
import { type SetComparison, studySets } from './set-study.ts';
import {
  countNearCopies,
  measureVariety,
  type NearCopies,
  shrink,
  type VariedPicture,
  type VarietyRow,
} from './variety.ts';

/** How many of a model's pictures of a prompt were what; `good + bad + unclear` are all, and the empty ones are bad. */
export interface PromptCounts {
  readonly good: number;
  readonly bad: number;
  readonly unclear: number;
  /** Absent where the judge has no word for it. */
  readonly empty?: number;
}

export interface PromptRow {
  readonly prompt: string;
  readonly category: string;
  readonly split: PromptSplit;
  /** By model; of each as many pictures, from the same seeds. */
  readonly models: Readonly<Record<string, PromptCounts>>;
}

/** Which of two pictures of a prompt is the good one, by reward and by CLIP score, over pictures of the base. */
export interface RankingRow {
  readonly split: PromptSplit;
  readonly category: string;
  readonly reward: PairwiseFigures;
  readonly clip: PairwiseFigures;
}

export interface SeedDetails {
  readonly version: 1;
  readonly seed: number;
  readonly recipe: string;
  readonly prompts: readonly PromptRow[];
  readonly ranking: readonly RankingRow[];
  /** By model. */
  readonly variety: Readonly<Record<string, { readonly rows: readonly VarietyRow[]; readonly copies: NearCopies }>>;
  /** Empty where the recipe compares none. */
  readonly sets: readonly SetComparison[];
}

/** Measures what is to be told of an evaluation that was made, by its pictures. */
export async function collectDetails(
  session: Session,
  recipe: ReproductionRecipe,
  models: readonly string[],
): Promise<SeedDetails> {
  const { project } = session;
  const { seed, evaluate } = project.config;
  const gallery = await openGallery(session, { models, splits: recipe.splits, eyes: 'evaluator' });
  const first = (name: string) => gallery.pictures.get(name)!.map((all) => all.slice(0, evaluate.imagesPerPrompt));
  const names = [...gallery.pictures.keys()];
  return {
    version: 1,
    seed,
    recipe: recipe.name,
    prompts: gallery.prompts.map(({ text, category, split }, i) => ({
      prompt: text,
      category,
      split,
      models: Object.fromEntries(names.map((name) => [name, countAnswers(first(name)[i]!)])),
    })),
    ranking: rankPairs(gallery),
    variety: await measureAll(session, gallery, Object.fromEntries(names.map((name) => [name, first(name)]))),
    sets: recipe.sets ? await askRaters(session, recipe, recipe.sets) : [],
  };
}

/** Raters see with their own judge, and with no evaluator's eyes. */
async function askRaters(
  session: Session,
  { splits }: ReproductionRecipe,
  sets: NonNullable<ReproductionRecipe['sets']>,
) {
  const gallery = await openGallery(session, { models: ['tuned'], splits, eyes: 'raters' });
  return studySets(gallery, sets, session.project.config.seed);
}

function countAnswers(pictures: readonly ScoredPicture[]): PromptCounts {
  const of = (wanted: ScoredPicture['answer']) => pictures.filter(({ answer }) => answer === wanted).length;
  const told = pictures.every(({ empty }) => empty !== undefined);
  return {
    good: of('good'),
    bad: of('bad'),
    unclear: of('unclear'),
    ...(told && { empty: pictures.filter(({ empty }) => empty).length }),
  };
}

function rankPairs({ prompts, pictures }: Gallery): RankingRow[] {
  const pool = pictures.get(BASE)!;
  return SPLITS.flatMap((split) =>
    ['all', ...orderCategories(prompts.map(({ category }) => category))].flatMap((category): RankingRow[] => {
      const by = (score: 'reward' | 'clip') => {
        const compared = prompts.flatMap((prompt, i) =>
          prompt.split === split && (category === 'all' || prompt.category === category)
            ? pool[i]!.filter(({ answer }) => answer !== 'unclear').map((picture) => ({
                promptId: prompt.id,
                label: picture.answer === 'good' ? (1 as const) : (0 as const),
                score: picture[score],
              }))
            : [],
        );
        return measurePairs(compared, random(0, 'details', 'pairs', split, category));
      };
      const [reward, clip] = [by('reward'), by('clip')];
      return reward && clip ? [{ split, category, reward, clip }] : [];
    }),
  );
}

type Pictures = Readonly<Record<string, readonly (readonly ScoredPicture[])[]>>;

async function measureAll({ project }: Session, gallery: Gallery, pictures: Pictures): Promise<SeedDetails['variety']> {
  const learned = await listImages(project.db, { purpose: 'feedback' });
  const small = new Map<string, Float32Array[]>();
  for (const [name, all] of Object.entries(pictures)) small.set(name, await readSmall(project, all.flat()));
  const [base, taught] = [small.get(BASE)!, await readSmall(project, learned)];
  return Object.fromEntries(
    Object.entries(pictures).map(([name, all]) => [
      name,
      { rows: varyBySplit(gallery, all), copies: countNearCopies(small.get(name)!, base, taught) },
    ]),
  );
}

async function readSmall({ images: blobs }: Project, images: readonly { readonly hash: string }[]) {
  return Promise.all(images.map(async ({ hash }) => shrink((await decodePng(await blobs.getBlob(hash))).rgb)));
}

function varyBySplit({ world, prompts, renders }: Gallery, pictures: Pictures[string]): VarietyRow[] {
  return (['all', ...SPLITS] as const).flatMap((split) => {
    const own = [...prompts.keys()].filter((i) => split === 'all' || prompts[i]!.split === split);
    if (own.length === 0) return [];
    const drawn = own.flatMap((i) =>
      pictures[i]!.map(({ asked, seen, answer }): VariedPicture => ({ asked, seen, good: answer === 'good' })),
    );
    const flawless = own.flatMap((i) =>
      renders[i]!.map((seen): VariedPicture => ({ asked: world.read(prompts[i]!)!, seen, good: true })),
    );
    return [measureVariety(split, world.parts, drawn, flawless)];
  });
}
