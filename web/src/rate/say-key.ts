// Keys in the language of the page.

import { say } from '../words/words.ts';
import { labelOfKey } from './keymap.ts';

/** A key as people see it on their keyboard. */
export function sayKey(name: string): string {
  if (name.startsWith('ctrl+')) return `${say('ctrlKey')} ${sayKey(name.slice(5))}`;
  return name === ' ' ? say('spaceKey') : labelOfKey(name);
}
