// Words that may stand for one another in any prompt, so that an exchange changes what the picture must show and nothing
// else. Spellings that mean the same stand together, split by `/`; the first of them is what an exchange writes.

/** Lists by name, each of words that may stand for one another. */
export type WordLists = Readonly<Record<string, readonly string[]>>;

const IN = [
  'city',
  'forest',
  'desert',
  'garden',
  'kitchen',
  'field',
  'park',
  'jungle',
  'cave',
  'library',
  'classroom',
  'bedroom',
  'living room',
];
const ON = ['beach', 'street', 'mountain', 'roof', 'bridge', 'boat', 'table', 'moon'];

const place = (word: 'in' | 'on') => (noun: string) =>
  noun === 'moon' ? 'on the moon' : `${word} a ${noun}/${word} the ${noun}`;

/** The lists that every project has. From two on, numbers leave the noun's plural as it is. */
const KNOWN_WORDS: WordLists = {
  numbers: ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  digits: ['2', '3', '4', '5', '6', '7', '8', '9', '10'],
  colors: [
    'red',
    'orange',
    'yellow',
    'green',
    'blue',
    'purple/violet',
    'pink',
    'brown',
    'black',
    'white',
    'gray/grey',
    'turquoise/teal',
    'beige',
  ],
  materials: [
    'wooden',
    'metal/metallic/steel',
    'glass',
    'plastic',
    'stone',
    'leather',
    'paper',
    'ceramic/porcelain',
    'marble',
    'iron',
    'bronze',
    'copper',
    'brick',
    'rubber',
    'woollen/woolen/wool/knitted',
    'silk',
    'cotton',
    'concrete',
    'gold/golden',
    'silver',
  ],
  sizes: ['tiny', 'small/little', 'large/big', 'huge/giant/gigantic/enormous'],
  places: [
    ...IN.map(place('in')),
    ...ON.map(place('on')),
    'in the snow',
    'in space/in outer space',
    'underwater/under water',
  ],
  relations: [
    'to the left of/left of/on the left of',
    'to the right of/right of/on the right of',
    'above',
    'below/under/beneath/underneath',
    'on top of',
    'in front of',
    'behind',
    'next to/beside',
    'inside',
  ],
};

/** One meaning with its spellings, lower case. */
export interface Entry {
  readonly list: string;
  readonly spellings: readonly string[];
}

/**
 * The known lists with a project's own: one of the same name is longer by it, another is new. A spelling belongs to the
 * list that has it first, a project's own lists before the known ones.
 */
export function joinLists(own: WordLists): Entry[] {
  const taken = new Set<string>();
  const names = [...Object.keys(own), ...Object.keys(KNOWN_WORDS)];
  const sources = [own, KNOWN_WORDS];
  return sources.flatMap((lists) =>
    [...new Set(names)].flatMap((list) =>
      (lists[list] ?? []).flatMap((line) => {
        const spellings = line
          .toLowerCase()
          .split('/')
          .map((spelling) => spelling.trim().replace(/\s+/g, ' '))
          .filter((spelling) => spelling !== '' && !taken.has(spelling));
        for (const spelling of spellings) taken.add(spelling);
        return spellings.length > 0 ? [{ list, spellings }] : [];
      }),
    ),
  );
}
