import { listPromptPage } from '../../../project/images/prompt-pages.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Handler } from '../endpoint.ts';

export const listPrompts: Handler<'listPrompts'> = async ({ studio, query: { cursor, ...page } }) => {
  const { next, ...found } = await listPromptPage(studio.project.db, { ...page, after: readCursor(cursor) });
  return { ...found, next: next && writeCursor(next) };
};
