// What a judge may say of each part of a picture: the names of its world, and what there is beside them.

import { countsOf } from '../../project/prompts/grammar.ts';
import type { Scenery } from '../scenes/scenery.ts';

export const JUDGE_HEADS = ['count', 'color', 'subject', 'background'] as const;
export type JudgeHead = (typeof JUDGE_HEADS)[number];

/** There is nothing of which it could be said: an empty place has no subject. */
export const NONE = 'none';
/** More of them than the world has a word for. */
export const MORE = 'more';
/** More than one, so none that a prompt may ask for: a red dog beside a blue one. */
export const MIXED = 'mixed';
/** Not to be read. */
export const UNCLEAR = 'unclear';

/** The classes of each head, in the order of its logits. */
export type JudgeClasses = Readonly<Record<JudgeHead, readonly string[]>>;

/** The names of a world, with further classes for each head. */
export function classesOf(
  { grammar }: Pick<Scenery, 'grammar'>,
  more: Readonly<Record<JudgeHead, readonly string[]>>,
): JudgeClasses {
  return {
    count: [...countsOf(grammar).map(String), ...more.count],
    color: [...grammar.colors, ...more.color],
    subject: [...grammar.subjects.map(({ singular }) => singular), ...more.subject],
    background: [...grammar.backgrounds.map(({ name }) => name), ...more.background],
  };
}
