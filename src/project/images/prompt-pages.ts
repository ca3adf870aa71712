// Pages of prompts by text, with how many images each has.

import type { Database } from '../database/database.ts';
import type { PromptSplit } from '../database/schema.ts';
import type { Prompt } from './prompts.ts';
import { holdsText } from './search-text.ts';

export interface PromptPage {
  limit: number;
  category?: string | undefined;
  split?: PromptSplit | undefined;
  search?: string | undefined;
  /** Where the page before ended. */
  after?: readonly [text: string | number, id: string] | undefined;
}

/** One page, where the next one starts, and how many prompts fit in all. */
export async function listPromptPage(
  db: Database,
  { limit, category, split, search, after }: PromptPage,
): Promise<{ prompts: (Prompt & { images: number })[]; total: number; next: readonly [string, string] | null }> {
  let query = db.selectFrom('prompts');
  if (category) query = query.where('category', '=', category);
  if (split) query = query.where('split', '=', split);
  if (search) query = query.where(holdsText(search));
  const { total } = await query.select((e) => e.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow();
  let page = query
    .select((e) => [
      'id',
      'text',
      'category',
      'slots',
      'split',
      e
        .selectFrom('images')
        .select((i) => i.fn.countAll<number | string>().as('count'))
        .whereRef('images.promptId', '=', 'prompts.id')
        .as('images'),
    ])
    .orderBy('text')
    .orderBy('id')
    .limit(limit + 1);
  if (after) page = page.where((e) => e(e.refTuple('text', 'id'), '>', e.tuple(String(after[0]), after[1])));
  const rows = await page.execute();
  const last = rows[limit - 1];
  return {
    total: Number(total),
    prompts: rows.slice(0, limit).map(({ slots, images, ...row }) => ({
      ...row,
      slots: JSON.parse(slots) as Record<string, unknown>,
      images: Number(images),
    })),
    next: rows.length > limit && last ? [last.text, last.id] : null,
  };
}
