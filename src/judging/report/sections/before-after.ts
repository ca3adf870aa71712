// The pictures of base and tuned model side by side, chosen by rules that look at no picture.

import { orderCategories } from '../../../project/prompts/categories.ts';
import { SPLITS } from '../../evaluation/plan.ts';
import type { ContestantReport, EvaluatedImage, EvaluatedPrompt, EvaluationReport } from '../../evaluation/report.ts';
import { nameOf } from '../contestant-style.ts';
import { PROMPTS_PER_CATEGORY, type StudyData } from '../data.ts';
import { count, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { PictureTag } from '../pictures.ts';
import { missingSection, type Section, section } from './section.ts';

const MOST_CHANGES = 6;

const TITLE = 'Before and after';

/** What the judge compared, or where it saw nothing, as of models of other worlds, what raters did. */
export function beforeAfterSection(
  evaluation: EvaluationReport | null,
  studies: readonly StudyData[],
  picture: PictureTag,
): Section {
  const shown = evaluation?.contestants.filter(({ kind }) => kind !== 'base') ?? [];
  const [study] = studies.filter(({ pairs }) => pairs.length > 0);
  if (!evaluation || shown.length === 0)
    return study ? ratedPairs(study, picture) : missingSection('before-after', TITLE, 'evaluate');
  const { contestants } = evaluation;
  const columns = contestants.filter(
    ({ kind }, i) => kind !== 'tuned' || contestants.findIndex((c) => c.kind === 'tuned') === i,
  );
  const card = (item: EvaluatedPrompt, place: number) => pairCard(item, place, columns, picture);
  const chosen = chooseFirst(evaluation.items);
  const first = chosen.filter(({ category }, i) => chosen.findIndex((item) => item.category === category) === i);
  const others = chosen.filter((item) => !first.includes(item));
  return section(
    'before-after',
    TITLE,
    html`<p class="rule">For each category the first ${PROMPTS_PER_CATEGORY} unseen prompts in the order that the seed gave them, and of each the first image. Base and tuned model start from the same noise${columns.some(({ kind }) => kind === 'best-of') ? '; the best of many is the image that the reward liked most' : ''}. ✓ and ✗ are the judge’s${chosen.some(hasUnclear) ? ', ? is what the judge could not tell' : ''}.</p>
<div class="pairs">${first.map((item) => card(item, 0))}</div><details class="more"><summary>${others.length > 0 ? `${count(others.length)} more, and where` : 'Where'} tuning helped and hurt</summary>${others.length > 0 ? html`<div class="pairs">${others.map((item) => card(item, 0))}</div>` : null}${changes(evaluation, columns, picture)}</details>`,
  );
}

const hasUnclear = ({ images }: EvaluatedPrompt) => Object.values(images).some((of) => of?.[0]?.answer === 'unclear');

function ratedPairs({ pairs, verdict }: StudyData, picture: PictureTag): Section {
  const cards = pairs.map(({ prompt, category, split, images, votes }) => {
    const figures = images.map(({ name, hash }, i) => {
      const said = votes.map(({ question, counts }) => `${question} ${counts[i]}`).join(', ');
      return html`<figure>${picture(hash, `Image of ${name} for “${prompt}”, votes: ${said}`)}<figcaption>${name}<span class="i">${said}</span></figcaption></figure>`;
    });
    const ties = votes.map(({ question, counts }) => `${question} ${counts[2]}`).join(', ');
    return html`<div class="pair"><p class="prompt">${prompt}<span>${category}, ${split}; ties: ${ties}</span></p><div class="row">${figures}</div></div>`;
  });
  return section(
    'before-after',
    TITLE,
    html`<p class="rule">Of each category the first ${PROMPTS_PER_CATEGORY} answered pairs in the order of study ${verdict.study}, whatever was said of them. Under each image stands how many raters chose it, by question.${verdict.simulated === 'none' ? null : ' The raters are simulated.'}</p><div class="pairs">${cards}</div>`,
  );
}

/** The first prompts of each category of the split that no stage saw, or of the seen ones where there are no others. */
export function chooseFirst(items: readonly EvaluatedPrompt[]): EvaluatedPrompt[] {
  const split = SPLITS.find((one) => items.some((item) => item.split === one));
  return orderCategories(items.map(({ category }) => category)).flatMap((category) =>
    items.filter((item) => item.split === split && item.category === category).slice(0, PROMPTS_PER_CATEGORY),
  );
}

export interface Change {
  readonly item: EvaluatedPrompt;
  readonly place: number;
}

/** Images of unseen prompts on which the judge's answer changed, in the order of the plan: gained, and lost. */
export function findChanges(items: readonly EvaluatedPrompt[], tuned: string): { gained: Change[]; lost: Change[] } {
  const [gained, lost]: [Change[], Change[]] = [[], []];
  for (const item of items.filter(({ split }) => split === 'unseen')) {
    item.images.base?.forEach((base, place) => {
      const after = item.images[tuned]?.[place];
      const gain = Number(after?.answer === 'good') - Number(base.answer === 'good');
      if (after && gain !== 0) (gain > 0 ? gained : lost).push({ item, place });
    });
  }
  return { gained, lost };
}

function changes(
  { items, contestants }: EvaluationReport,
  columns: readonly ContestantReport[],
  picture: PictureTag,
): Html | null {
  const tuned = contestants.find(({ kind }) => kind === 'tuned');
  const group = tuned?.groups.find(({ split, category }) => split === 'unseen' && category === 'all');
  if (!tuned || !group?.versusBase) return null;
  const { gained, lost } = findChanges(items, tuned.name);
  const { wins, losses } = group.versusBase;
  const pair = columns.filter(({ kind, name }) => kind === 'base' || name === tuned.name);
  const grid = (all: readonly Change[]) => {
    // One image a prompt, so that a single prompt does not fill the row.
    const first = all
      .filter(({ item }, i) => all.findIndex((other) => other.item === item) === i)
      .slice(0, MOST_CHANGES);
    return html`<div class="pairs">${first.map(({ item, place }) => pairCard(item, place, pair, picture))}</div>`;
  };
  const part = (title: string, share: number, whose: string, all: readonly Change[]) =>
    html`<h3>${title}</h3>${all.length > 0 ? html`<p>On ${percent(share)} of unseen image pairs only ${whose} image is good. The first prompts among them, at most ${MOST_CHANGES}, in order:</p>${grid(all)}` : html`<p>There is no unseen image pair on which only ${whose} image is good.</p>`}`;
  return html`${part('Where tuning helped', wins, 'the tuned model’s', gained)}${part('Where tuning hurt', losses, 'the base’s', lost)}`;
}

function pairCard(
  item: EvaluatedPrompt,
  place: number,
  columns: readonly ContestantReport[],
  picture: PictureTag,
): Html {
  const figures = columns.flatMap((contestant) => {
    const image = item.images[contestant.name]?.[place];
    return image ? [imageFigure(image, item.prompt, contestant, picture)] : [];
  });
  return html`<div class="pair"><p class="prompt">${item.prompt}<span>${item.category}, ${item.split}</span></p><div class="row">${figures}</div></div>`;
}

const MARKS = { good: '✓', bad: '✗', unclear: '?' } as const;

function imageFigure(
  { hash, answer }: EvaluatedImage,
  prompt: string,
  contestant: ContestantReport,
  picture: PictureTag,
): Html {
  const name = contestant.kind === 'best-of' ? `best of ${contestant.name.split('-').at(-1)}` : contestant.name;
  const alt = `Image of ${nameOf(contestant)} for “${prompt}”, judged ${answer}`;
  return html`<figure>${picture(hash, alt)}<figcaption>${name}<span class="answer ${answer}" aria-label="judged ${answer}" role="img">${MARKS[answer]}</span></figcaption></figure>`;
}
