// What was asked of the model.

import { CATEGORIES } from '../../../project/prompts/grammar.ts';
import type { AskedData } from '../data.ts';
import { html } from '../html.ts';
import { table } from '../table.ts';
import { missingSection, type Section, section } from './section.ts';

export function askedSection(asked: AskedData | null): Section {
  if (!asked) return missingSection('asked', 'What was asked', 'generate');
  const find = (category: string, split: string) =>
    asked.prompts.find((group) => group.category === category && group.split === split);
  const rows = CATEGORIES.map((category) => {
    const [seen, unseen] = [find(category, 'seen'), find(category, 'unseen')];
    const example = (seen ?? unseen)?.example;
    return {
      head: category,
      cells: [seen?.count ?? 0, unseen?.count ?? 0, html`<span class="note">${example ? `“${example}”` : '–'}</span>`],
    };
  });
  return section(
    'asked',
    'What was asked',
    html`<p>A text-to-image model draws plausible pictures that ignore parts of the prompt: the wrong number, the wrong
color, the wrong place. This run corrects that with judgements of its own pictures, in three stages (Lee et al., 2023): answers of raters, a reward function that
predicts them, and fine-tuning by the likelihood of pictures weighted with that reward.</p>
<p>All learning was on <b>seen</b> prompts. <b>Unseen</b> prompts, among them for each subject one color that it never had before, were kept for evaluation alone.</p>
${table('Prompts by category', ['Category', 'Seen', 'Unseen', 'Such as'], rows, ['Such as'])}`,
  );
}
