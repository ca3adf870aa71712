// What people said, as examples: images with a majority, their prompts, and which prompts teach and which validate.

import { editPrompts } from '../prompts/edits.ts';
import { CATEGORIES, type Category, type Slots } from '../prompts/grammar.ts';
import { formatPrompt } from '../prompts/prompt-text.ts';
import { heldOutTest, splitPrompts } from '../prompts/split.ts';
import type { Database } from '../store/database.ts';
import { listPrompts, type Prompt } from '../store/prompts.ts';
import { type LabelledImage, listLabelledImages } from '../store/ratings.ts';
import type { PromptSplit } from '../store/schema.ts';
import { CollimateError } from '../util/errors.ts';
import { random } from '../util/random.ts';

/** A rated image with its prompt; `majority` is 1 where more said good than bad, else 0. */
export interface RatedImage extends LabelledImage {
  readonly prompt: Prompt;
  readonly majority: 0 | 1;
}

/** Images with more good than bad answers or the reverse, in a fixed order; skips and ties are no answers. */
export async function listRatedImages(
  db: Database,
  where: { split: PromptSplit; purpose?: string },
): Promise<RatedImage[]> {
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  return (await listLabelledImages(db, where))
    .filter(({ good, bad }) => good !== bad)
    .map((image) => ({ ...image, prompt: prompts.get(image.promptId)!, majority: image.good > image.bad ? 1 : 0 }));
}

/** The prompts that validate: of each category the same share, drawn by the seed. */
export function chooseValidation(prompts: readonly Prompt[], share: number, seed: number): Set<string> {
  const categories = [...new Set(prompts.map(({ category }) => category))].sort();
  const chosen = categories.flatMap((category) => {
    const ids = new Set(prompts.filter((prompt) => prompt.category === category).map(({ id }) => id));
    const drawn = random(seed, 'reward', 'validation', category).shuffle([...ids].sort());
    return drawn.slice(0, Math.round(drawn.length * share));
  });
  return new Set(chosen);
}

/** Lists of edits that take turns over the epochs. */
const TURNS = 8;

/**
 * Lists of up to `n` edited prompts each, for prompt classification. None is a prompt that is kept for evaluation; a
 * prompt that the grammar cannot have made has no edits.
 */
export function createEditor(n: number, seed: number, unseen: ReadonlySet<string>): (prompt: Prompt) => string[][] {
  const isHeldOut = heldOutTest(splitPrompts());
  const accept = (slots: Slots) => !isHeldOut(slots) && !unseen.has(formatPrompt(slots));
  return (prompt) => {
    const slots = readSlots(prompt);
    if (!slots) return [];
    return Array.from({ length: TURNS }, (_, turn) =>
      editPrompts(slots, n, random(seed, 'reward', 'edits', prompt.id, turn), { accept }).map((s) => formatPrompt(s)),
    );
  };
}

/** The slots of a prompt, where they are those of its text. */
function readSlots({ text, category, slots }: Prompt): Slots | undefined {
  if (!CATEGORIES.includes(category as Category)) return undefined;
  try {
    return formatPrompt(slots as unknown as Slots) === text ? (slots as unknown as Slots) : undefined;
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'PROMPT') return undefined;
    throw error;
  }
}
