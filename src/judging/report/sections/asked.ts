// What was asked of the model.

import { orderCategories } from '../../../project/prompts/categories.ts';
import type { AskedData } from '../data.ts';
import { html } from '../html.ts';
import { table } from '../table.ts';
import { missingSection, type Section, section } from './section.ts';

export function askedSection(asked: AskedData | null): Section {
  if (!asked) return missingSection('asked', 'What was asked', 'generate');
  const find = (category: string, split: string) =>
    asked.prompts.find((group) => group.category === category && group.split === split);
  const hasDevelopment = asked.prompts.some(({ split }) => split === 'development');
  const splits = ['seen', ...(hasDevelopment ? ['development'] : []), 'unseen'];
  const rows = orderCategories(asked.prompts.map(({ category }) => category)).map((category) => {
    const groups = splits.map((split) => find(category, split));
    const example = groups.find((group) => group !== undefined)?.example;
    return {
      head: category,
      cells: [
        ...groups.map((group) => group?.count ?? 0),
        html`<span class="note">${example ? `“${example}”` : '–'}</span>`,
      ],
    };
  });
  return section(
    'asked',
    'What was asked',
    html`<p>A text-to-image model draws plausible pictures that ignore parts of the prompt: the wrong number, the wrong
color, the wrong place. This run corrects that with judgements of its own pictures, in three stages (Lee et al., 2023): answers of raters, a reward function that
predicts them, and fine-tuning by the likelihood of pictures weighted with that reward.</p>
<p>All learning was on <b>seen</b> prompts. ${hasDevelopment ? html`Settings were chosen by <b>development</b> prompts, of which nothing was learned. ` : null}<b>Unseen</b> prompts${asked.heldOut === null ? null : `, among them ${asked.heldOut},`} were kept for evaluation alone.${openings(asked)}</p>
${table('Prompts by category', ['Category', ...splits.map(capitalize), 'Such as'], rows, ['Such as'])}`,
  );
}

function capitalize(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`;
}

/** Each look at the test set makes it less of one, so the report counts them. */
function openings({ openings }: AskedData): string {
  const total = openings.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return '';
  const parts = openings.map(({ stage, count }) => `${stage} ${count}`).join(', ');
  return ` This test set was opened ${total === 1 ? 'once' : `${total} times`}: ${parts}.`;
}
