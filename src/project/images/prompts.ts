// Prompts: a text, the category of its template, what fills the template's slots, and whether any stage may learn from it.

import type { Selectable } from 'kysely';
import { sha256 } from '../../util/hash.ts';
import { type Database, insertInChunks, inTransaction } from '../database/database.ts';
import type { PromptSplit, PromptTable } from '../database/schema.ts';

/** A prompt; `slots` is what the world's grammar put into it. */
export interface Prompt {
  id: string;
  text: string;
  category: string;
  slots: Record<string, unknown>;
  split: PromptSplit;
  /** Texts that change what it asks for, where they came with it. */
  edits?: string[];
}

/** The identifier of a prompt text: the first 16 digits of its SHA-256. */
export function promptId(text: string): string {
  return sha256(text).slice(0, 16);
}

/**
 * Stores prompts that are not there yet and returns how many were new. Edits that come with a prompt are kept with it, also
 * where it is there.
 */
export async function insertPrompts(db: Database, prompts: readonly Omit<Prompt, 'id'>[]): Promise<number> {
  const rows = prompts.map(({ text, category, slots, split }) => ({
    id: promptId(text),
    text,
    category,
    slots: JSON.stringify(slots),
    split,
  }));
  const added = await insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('prompts')
      .values(chunk)
      .onConflict((c) => c.column('id').doNothing()),
  );
  for (const { text, edits } of prompts)
    if (edits && edits.length > 0)
      await db
        .updateTable('prompts')
        .set({ edits: JSON.stringify(edits) })
        .where('id', '=', promptId(text))
        .execute();
  return added;
}

/** Stores prompts that `generate` is to draw beside those of the grammar. */
export async function importPrompts(db: Database, prompts: readonly Prompt[]): Promise<number> {
  return inTransaction(db, async (tx) => {
    const added = await insertPrompts(tx, prompts);
    const ids = prompts.map(({ id }) => id);
    for (let i = 0; i < ids.length; i += 1000)
      await tx
        .updateTable('prompts')
        .set({ origin: 'import' })
        .where('id', 'in', ids.slice(i, i + 1000))
        .execute();
    return added;
  });
}

/** The imported prompts in a fixed order. */
export async function listImportedPrompts(db: Database): Promise<Prompt[]> {
  return (await db.selectFrom('prompts').selectAll().where('origin', '=', 'import').orderBy('text').execute()).map(
    toPrompt,
  );
}

/** Prompts in a fixed order (by text), of one split or category where given. */
export async function listPrompts(
  db: Database,
  where: { split?: PromptSplit; category?: string } = {},
): Promise<Prompt[]> {
  let query = db.selectFrom('prompts').selectAll().orderBy('text');
  if (where.split) query = query.where('split', '=', where.split);
  if (where.category) query = query.where('category', '=', where.category);
  return (await query.execute()).map(toPrompt);
}

/** How the project has those of these prompts that it has, by identifier. */
export async function listPromptSplits(db: Database, ids: readonly string[]): Promise<Map<string, PromptSplit>> {
  const found = new Map<string, PromptSplit>();
  for (let i = 0; i < ids.length; i += 1000) {
    const some = ids.slice(i, i + 1000);
    const rows = await db.selectFrom('prompts').select(['id', 'split']).where('id', 'in', some).execute();
    for (const { id, split } of rows) found.set(id, split);
  }
  return found;
}

export async function findPrompt(db: Database, id: string): Promise<Prompt | undefined> {
  const row = await db.selectFrom('prompts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toPrompt(row);
}

/** A row with its slots and edits read. */
function toPrompt({ origin: _origin, edits, ...row }: Selectable<PromptTable>): Prompt {
  return {
    ...row,
    slots: JSON.parse(row.slots) as Record<string, unknown>,
    ...(edits !== null && { edits: JSON.parse(edits) as string[] }),
  };
}

/** The texts of the prompts of these images, by image. */
export async function readPromptsOf(db: Database, imageIds: readonly string[]): Promise<Map<string, string>> {
  if (imageIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('images')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['images.id', 'text'])
    .where('images.id', 'in', imageIds)
    .execute();
  return new Map(rows.map(({ id, text }) => [id, text]));
}
