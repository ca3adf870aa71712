// Stage 1: what raters answered.

import { median } from '../../../statistics/median.ts';
import { shareBars } from '../charts/share-bars.ts';
import type { FeedbackData } from '../data.ts';
import { count, counted, number, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { PictureTag } from '../pictures.ts';
import { table } from '../table.ts';
import { missingSection, type Section, section } from './section.ts';

export function feedbackSection(feedback: FeedbackData | null, picture: PictureTag): Section {
  if (!feedback) return missingSection('feedback', 'Feedback', 'label --simulate');
  const { images, rated, answers, categories, guideline } = feedback;
  const total = answers.good + answers.bad + answers.skip;
  const share = (value: number) => percent(value / total);
  const simulated = feedback.raters.every(({ kind }) => kind === 'simulated');
  const bars = categories.map(({ category, good, bad, skip }) => ({
    name: category,
    parts: [
      { name: 'good', value: good, color: 'c-good' },
      { name: 'bad', value: bad, color: 'c-bad' },
      { name: 'skip', value: skip, color: 'c-skip' },
    ],
  }));
  return section(
    'feedback',
    'Feedback',
    html`<p>${counted(rated, 'image')} of ${count(images)} drawn ${rated === 1 ? 'was' : 'were'} shown with their prompts to ${counted(feedback.raters.length, simulated ? 'simulated rater' : 'rater')},
who gave ${counted(total, 'answer')}: ${share(answers.good)} good, ${share(answers.bad)} bad, ${share(answers.skip)} skipped. Skipped answers are kept and teach nothing.</p>
<div class="charts">${shareBars('Answers by category', bars)}${agreementFigure(feedback)}</div>
${raterTable(feedback)}
${guideline ? html`<details><summary>What raters were told (version ${guideline.version})</summary><p style="white-space:pre-line">${guideline.text}</p></details>` : null}
${exampleStrip(feedback, picture)}`,
  );
}

function agreementFigure({ agreement, raters }: FeedbackData): Html {
  const text = agreement
    ? html`Two raters who saw the same image gave the same answer in <b>${percent(agreement.agreement)}</b> of cases (${counted(agreement.pairs, 'pair')} on ${counted(agreement.items, 'image')});
Krippendorff’s α is <b>${agreement.alpha === null ? 'not defined' : number(agreement.alpha)}</b>, where 1 is full agreement and 0 what chance gives.`
    : html`No image was answered by two raters, so their agreement cannot be told. <code>label.ratersPerImage</code> sets how many see each image.`;
  const slow = median(raters.flatMap(({ medianSeconds }) => medianSeconds ?? []));
  const pace =
    slow === null
      ? 'No answer came with its time.'
      : `The median answer of the middle rater took ${number(slow, 1)} s.`;
  return html`<div class="chart-figure"><p><b>Agreement</b></p><p class="note">${text}</p><p class="note">${pace}</p></div>`;
}

function raterTable({ raters }: FeedbackData): Html {
  const rows = raters.map(({ name, kind, excluded, answers, goodShare, skipShare, medianSeconds }) => ({
    head: name,
    cells: [
      excluded ? 'excluded' : kind,
      count(answers),
      goodShare === null ? '–' : percent(goodShare),
      percent(skipShare),
      medianSeconds === null ? '–' : `${number(medianSeconds, 1)} s`,
    ],
  }));
  return table('Raters', ['Rater', 'Kind', 'Answers', 'Good', 'Skipped', 'Median time'], rows, ['Kind']);
}

function exampleStrip({ examples }: FeedbackData, picture: PictureTag): Html {
  const figures = examples.map(
    ({ hash, prompt, answer }) =>
      html`<figure>${picture(hash, `Image for “${prompt}”, answered ${answer}`)}<figcaption><span class="answer ${answer}">${answer === 'good' ? '✓ good' : '✗ bad'}</span>${prompt}</figcaption></figure>`,
  );
  return html`<h3>Some of the rated images</h3><p class="rule">For each category the first three answered good and the first three answered bad, in order of their files’ hashes.</p><div class="strip">${figures}</div>`;
}
