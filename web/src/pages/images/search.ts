// The filters of the images page as they stand in its address.

import type { Input } from '../../../../src/studio/contract/client.ts';

export type ImageFilter = Omit<NonNullable<Input<'listImages'>['query']>, 'cursor' | 'limit'>;

export type ImageSearch = ImageFilter & { image?: string };

const TEXTS = [
  'category',
  'split',
  'color',
  'subject',
  'background',
  'model',
  'purpose',
  'label',
  'search',
  'sort',
  'image',
];
const NUMBERS = ['count', 'minReward', 'maxReward'];

/** What an address asks for; the server checks the values. */
export function readImageSearch(search: Record<string, unknown>): ImageSearch {
  const known = Object.entries(search).filter(
    ([key, value]) =>
      value !== '' &&
      ((TEXTS.includes(key) && (typeof value === 'string' || typeof value === 'number')) ||
        (NUMBERS.includes(key) && Number.isFinite(Number(value)))),
  );
  return Object.fromEntries(known.map(([key, value]) => [key, NUMBERS.includes(key) ? Number(value) : String(value)]));
}
