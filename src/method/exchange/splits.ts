// Parts of a data set for training, validation and tests, as columns, folders and files name them. What is no training part
// must not be learned from.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { ImportNotes } from './notes.ts';

const SPLITS: Readonly<Record<string, PromptSplit>> = {
  seen: 'seen',
  train: 'seen',
  training: 'seen',
  development: 'development',
  dev: 'development',
  validation: 'development',
  valid: 'development',
  val: 'development',
  unseen: 'unseen',
  test: 'unseen',
  testing: 'unseen',
  eval: 'unseen',
  evaluation: 'unseen',
  holdout: 'unseen',
  'held-out': 'unseen',
  held_out: 'unseen',
};

/** What becomes of pictures of parts that are not for training. */
const KEPT: Readonly<Partial<Record<PromptSplit, string>>> = {
  development: 'picture of a validation part: its prompt is for development, and nothing learns from it',
  unseen: 'picture of a test part: its prompt is unseen, and nothing but evaluation uses it',
};

/** What a word says; undefined where it is no part of a data set. */
export function toSplit(word: string): PromptSplit | undefined {
  const plain = word.trim().toLowerCase();
  return Object.hasOwn(SPLITS, plain) ? SPLITS[plain] : undefined;
}

/**
 * What the folders on the way to a file say, or its own name as Hugging Face writes shards.
 *
 * @example
 * splitOfFile('data/test-00000-of-00001.parquet'); // 'unseen'
 */
export function splitOfFile(name: string): PromptSplit | undefined {
  const parts = name.split('/');
  const file = /^([a-z]+)(-\d{5}-of-\d{5})?\.parquet$/i.exec(parts.at(-1)!)?.[1];
  return [...parts.slice(0, -1), ...(file ? [file] : [])].map(toSplit).find((split) => split !== undefined);
}

/** Tells of pictures whose prompts are kept from learning by a word that is not ours. */
export function toNotedSplit(
  split: PromptSplit | undefined,
  word: unknown,
  notes: ImportNotes,
): { split?: PromptSplit } {
  const kept = split && KEPT[split];
  if (kept !== undefined && word !== split) notes.readAs(kept);
  return split === undefined ? {} : { split };
}
