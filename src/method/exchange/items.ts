// What is exchanged: pictures with their prompts, how they were drawn, and what raters said. Raters go out under pseudonyms.

import type { Database } from '../../project/database/database.ts';
import type { Answer, ImagePurpose, ImageTable, PromptSplit } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { findModel } from '../../project/images/models.ts';
import type { WAYS } from '../../project/images/pools.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import type { Project } from '../../project/project.ts';
import { listDecided } from '../../project/rating/decisions.ts';
import { listRatings } from '../../project/rating/ratings.ts';
import type { Scales } from '../../project/rating/scales.ts';
import { countBest } from '../../project/rating/sheet-choices.ts';
import { hashJson } from '../../util/hash.ts';

/** One answer as it is exchanged. */
export interface ItemRating {
  readonly id: string;
  /** A pseudonym. */
  readonly rater: string;
  readonly answer: Answer;
  readonly milliseconds: number;
  readonly guidelineVersion: number;
  readonly ratedAt: string;
  /** Words of the prompt that the picture does not show. */
  readonly words: readonly string[];
  readonly note: string;
  readonly scales: Scales;
}

/** How a picture was drawn; none for pictures of unknown origin. */
export type ItemRecipe = Pick<ImageTable, 'seed' | (typeof WAYS)[number] | 'modelHash' | 'purpose'>;

/** One picture of the project. */
export interface Item {
  readonly imageId: string;
  /** SHA-256 of the PNG file without its texts. */
  readonly hash: string;
  readonly prompt: string;
  readonly category: string;
  readonly split: PromptSplit;
  readonly recipe: ItemRecipe;
  /** 1 for images of the base model, 2 for those of a model tuned from it, and so on. */
  readonly round: number;
  readonly createdAt: string;
  readonly ratings: readonly ItemRating[];
  /** What an admin decided, whatever raters said. */
  readonly decision?: Answer;
  /** In how many sheets it stood, and how often it was the best; where it stood in any. */
  readonly sheets?: { readonly compared: number; readonly best: number };
}

/** The images of a purpose in a fixed order, with the answers of raters who are not excluded. */
export async function readItems(
  project: Project,
  { purpose = 'feedback' }: { purpose?: ImagePurpose } = {},
): Promise<Item[]> {
  const { db } = project;
  const pseudonyms = await readPseudonyms(db);
  const ratings = new Map<string, ItemRating[]>();
  for (const { imageId, raterId, ...rating } of await listRatings(db, { purpose })) {
    const pseudonym = pseudonyms.get(raterId);
    if (!pseudonym || pseudonym.excluded) continue;
    const rater = pseudonym.name;
    const id = hashJson([imageId, rater]).slice(0, 20);
    const own = ratings.get(imageId) ?? [];
    own.push({ id, rater, ...rating });
    ratings.set(imageId, own);
  }
  const decisions = new Map((await listDecided(db, { purpose })).map(({ imageId, answer }) => [imageId, answer]));
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const best = await countBest(db);
  const rounds = new Map<string, number>();
  const items: Item[] = [];
  for (const image of await listImages(db, { purpose })) {
    const [decision, sheets] = [decisions.get(image.id), best.get(image.id)];
    const { text, category, split } = prompts.get(image.promptId)!;
    const { seed, sampler, steps, guidanceScale, negativePrompt, width, height, precision, vaeTile, modelHash } = image;
    if (!rounds.has(modelHash)) rounds.set(modelHash, await countRounds(db, modelHash));
    items.push({
      imageId: image.id,
      hash: image.hash,
      prompt: text,
      category,
      split,
      recipe: {
        seed,
        sampler,
        steps,
        guidanceScale,
        negativePrompt,
        width,
        height,
        precision,
        vaeTile,
        modelHash,
        purpose,
      },
      round: rounds.get(modelHash)!,
      createdAt: image.createdAt,
      ratings: ratings.get(image.id) ?? [],
      ...(decision && { decision }),
      ...(sheets && { sheets }),
    });
  }
  return items;
}

async function countRounds(db: Database, hash: string): Promise<number> {
  const parent = (await findModel(db, hash))?.parentHash;
  return parent && parent !== hash ? 1 + (await countRounds(db, parent)) : 1;
}
