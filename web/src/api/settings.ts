// Keys of the configuration in words, as the command line has them.

import type { Output } from '../../../src/studio/contract/client.ts';

type Setting = Output<'getSettings'>['settings'][number];

/** `How often … (a number from 0 to 1)`. */
export function describeSetting({ description, allowed }: Pick<Setting, 'description' | 'allowed'>): string {
  return `${description.replace(/\.$/, '')} (${allowed})`;
}
