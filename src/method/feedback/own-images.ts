// Images that no model of the project drew: a team rates what it has already.

import { readDrawnText } from '../../pictures/drawn-text.ts';
import { hashPicture } from '../../pictures/identity.ts';
import { inTransaction } from '../../project/database/database.ts';
import type { BlobStore } from '../../project/images/blobs.ts';
import { type ImageRecipe, imageId, insertImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { listByPixels } from '../../project/images/pixel-hashes.ts';
import { insertPrompts, type Prompt, promptId } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import { categoryOf, type Grammar } from '../../project/prompts/grammar.ts';
import { readGrammar } from '../../project/prompts/grammar-input.ts';
import { tryParsePrompt } from '../../project/prompts/prompt-text.ts';
import { sha256 } from '../../util/hash.ts';

/** The model that stands for all from outside. */
export const OUTSIDE = { hash: sha256('images from outside'), kind: 'base', path: 'outside' } as const;

/** The category of a prompt that the grammar cannot have made. */
const FREE_CATEGORY = 'free';

/** What a grammar makes of a text; one that it cannot have made has no slots, and the category that it came with. */
export function describePrompt(text: string, grammar: Grammar, category?: string): Pick<Prompt, 'category' | 'slots'> {
  const slots = tryParsePrompt(text, grammar);
  if (slots) return { category: categoryOf(slots, grammar), slots: { ...slots } };
  return { category: category?.trim() || FREE_CATEGORY, slots: {} };
}

/** What is said where the words of a prompt decide its category, and its file has another. */
export const CATEGORY_BY_WORDS = 'category by the words of the project’s grammar, in place of the one in the file';

/** Whether a prompt came with a category that it did not get. */
export function isOverruled({ category }: Pick<Prompt, 'category'>, given: string | undefined): boolean {
  const asked = given?.trim() ?? '';
  return asked !== '' && !asked.startsWith(category);
}

/** What the file of a stored picture says of how it was drawn: by this project, or by the program that it came from. */
export async function readDrawnWith(blobs: BlobStore, hash: string): Promise<string | null> {
  return ((await blobs.hasBlob(hash)) && readDrawnText(await blobs.getBlob(hash))) || null;
}

/** The recipe of a picture that was not drawn here: sampler `none`, 0 steps, and a seed that is part of its identity. */
export function outsideRecipe(promptId: string, hash: string): ImageRecipe {
  return {
    promptId,
    seed: Number.parseInt(hash.slice(0, 8), 16),
    sampler: 'none',
    steps: 0,
    guidanceScale: 0,
    modelHash: OUTSIDE.hash,
    purpose: 'feedback',
  };
}

/**
 * Stores pictures (PNG) under a prompt, to be rated as if `generate` had drawn them. One that the prompt has already, by its
 * pixels, changes nothing, wherever it came from.
 */
export async function addOwnImages(
  project: Project,
  text: string,
  pictures: readonly Uint8Array[],
): Promise<{ stored: number; known: number; images: { id: string; hash: string }[] }> {
  const { db, images: blobs, config } = project;
  const described = describePrompt(text, readGrammar(config.prompts.grammar));
  const prompt = { id: promptId(text), text, split: 'seen' as const, ...described };
  const there = await listByPixels(project, prompt.id, 'feedback');
  const rows = await Promise.all(
    pictures.map(async (png) => {
      const known = there.get(hashPicture(png));
      return known ?? { ...outsideRecipe(prompt.id, hashPicture(png)), hash: await blobs.putBlob(png) };
    }),
  );
  return inTransaction(db, async (tx) => {
    await insertPrompts(tx, [prompt]);
    await putModel(tx, OUTSIDE);
    const stored = await insertImages(
      tx,
      rows.filter((row) => !('id' in row)),
    );
    return {
      stored,
      known: rows.length - stored,
      images: rows.map((row) => ({ id: 'id' in row ? row.id : imageId(row), hash: row.hash })),
    };
  });
}
