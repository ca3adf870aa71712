// The words of the embedded worlds. How each of them looks is the business of world/.

import type { Grammar } from './grammar.ts';

/** The vocabulary of the first embedded world: 6 subjects, 6 colors, 5 backgrounds, counts 1 to 4. */
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

/** The vocabulary of the second embedded world: 12 subjects, 9 colors, 8 backgrounds, counts 1 to 5. */
export const secondGrammar: Grammar = {
  subjects: [
    ...worldGrammar.subjects,
    { singular: 'elephant', plural: 'elephants' },
    { singular: 'crab', plural: 'crabs' },
    { singular: 'butterfly', plural: 'butterflies' },
    { singular: 'car', plural: 'cars' },
    { singular: 'boat', plural: 'boats' },
    { singular: 'mushroom', plural: 'mushrooms' },
  ],
  colors: ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink', 'white'],
  backgrounds: [
    ...worldGrammar.backgrounds,
    { name: 'desert', phrase: 'in a desert' },
    { name: 'meadow', phrase: 'in a meadow' },
    { name: 'room', phrase: 'in a room' },
  ],
  countWords: ['a', 'two', 'three', 'four', 'five'],
  // The models that ship never had a prompt of the pool as a caption, so it is the same for every project. They know all
  // subjects: which of them nothing is learned about afterwards is drawn by the project's seed.
  heldOut: { subjects: 3, pairings: ['color'], singles: [], share: 0.4, pool: { seed: 1 } },
};
