// A row of a report by its split and category.

import type { PromptSplit } from '../../../project/database/schema.ts';

interface Row {
  readonly split: PromptSplit;
  readonly category: string;
}

export function findGroup<R extends Row>(rows: readonly R[], split: PromptSplit, category = 'all'): R | undefined {
  return rows.find((row) => row.split === split && row.category === category);
}
