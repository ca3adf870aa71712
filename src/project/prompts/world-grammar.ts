// The words of the embedded world. How each of them looks is the business of world/.

import type { Grammar } from './grammar.ts';

/** The vocabulary of the embedded world: 6 subjects, 6 colors, 5 backgrounds, counts 1 to 4. */
export const worldGrammar: Grammar = {
  subjects: [
    { singular: 'dog', plural: 'dogs' },
    { singular: 'cat', plural: 'cats' },
    { singular: 'bird', plural: 'birds' },
    { singular: 'fish', plural: 'fish' },
    { singular: 'rabbit', plural: 'rabbits' },
    { singular: 'turtle', plural: 'turtles' },
  ],
  colors: ['red', 'yellow', 'green', 'blue', 'purple', 'white'],
  backgrounds: [
    { name: 'city', phrase: 'in a city' },
    { name: 'beach', phrase: 'on a beach' },
    { name: 'snow', phrase: 'in the snow' },
    { name: 'forest', phrase: 'in a forest' },
    { name: 'moon', phrase: 'on the moon' },
  ],
  countWords: ['a', 'two', 'three', 'four'],
  // The base model was trained without these prompts, so which they are does not depend on a project's seed.
  heldOut: { seed: 0, subjects: 0, pairings: ['color'], singles: ['count', 'background'], share: 0.2 },
};
