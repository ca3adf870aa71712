// A grammar of the size that the paper has (Lee et al., 2023): 25 objects, counts from one to six, 9 colors, 8 places. Five
// whole objects are held out, drawn by the project's seed: prompts about them are what the paper calls unseen.

import type { GrammarInput } from './grammar-input.ts';

export const paperGrammar: GrammarInput = {
  subjects: [
    'dog',
    'cat',
    'lion',
    'tiger',
    'bear',
    { wolf: 'wolves' },
    'horse',
    'rabbit',
    'bird',
    'apple',
    'orange',
    'cake',
    'donut',
    'cup',
    'vase',
    'chair',
    'box',
    'plate',
    'clock',
    'backpack',
    'car',
    'bicycle',
    'airplane',
    'tree',
    'rose',
  ],
  counts: ['a', 'two', 'three', 'four', 'five', 'six'],
  colors: ['red', 'yellow', 'green', 'blue', 'black', 'pink', 'purple', 'white', 'brown'],
  backgrounds: {
    city: 'in the city',
    forest: 'in the forest',
    beach: 'on the beach',
    sea: 'in the sea',
    desert: 'in the desert',
    snow: 'in the snow',
    table: 'on the table',
    moon: 'on the moon',
  },
  heldOut: { subjects: 5, pairings: [], singles: [], share: 0 },
};
