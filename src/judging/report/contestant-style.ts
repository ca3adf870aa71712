// The color and the name of each contestant, the same in every chart and table.

import type { ContestantReport } from '../evaluation/report.ts';
import { type Html, html } from './html.ts';

const OTHERS = ['c-tuned', 'c-other1', 'c-other2'];

/** The color class of the contestant at `index`. */
export function colorOf(contestants: readonly ContestantReport[], index: number): string {
  const { kind } = contestants[index]!;
  if (kind === 'base') return 'c-base';
  if (kind === 'best-of') return 'c-best';
  const place = contestants.slice(0, index).filter((other) => other.kind === 'tuned').length;
  return OTHERS[place % OTHERS.length]!;
}

/** `best-of-16` as people say it. */
export function nameOf({ name, kind, imagesPerPrompt: _ }: ContestantReport): string {
  return kind === 'best-of' ? `${name.replaceAll('-', ' ')} (base)` : name;
}

/** A name with its color. */
export function label(contestants: readonly ContestantReport[], index: number): Html {
  return html`<span class="dot ${colorOf(contestants, index)}"></span>${nameOf(contestants[index]!)}`;
}
