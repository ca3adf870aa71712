import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { heldOutTest } from './held-out.ts';
import { drawEdits, type EditSource } from './prompt-edits.ts';
import { splitPrompts } from './split.ts';
import { editText, findWords } from './text-edits.ts';
import { joinLists } from './word-lists.ts';
import { worldGrammar } from './world-grammar.ts';

const known = joinLists({});
const all = (text: string, entries = known) => editText(text, entries, 1000, random(1), () => true);

test('known words are found whole, longest first, in any letter case', () => {
  const text = 'Two gray cats on top of a redwood table, 3D, to the left of 3 Glass jars';
  const found = findWords(text, known).map(({ start, end, entry }) => [text.slice(start, end), entry.list]);
  assert.deepEqual(found, [
    ['Two', 'numbers'],
    ['gray', 'colors'],
    ['on top of', 'relations'],
    ['to the left of', 'relations'],
    ['3', 'digits'],
    ['Glass', 'materials'],
  ]);
});

test('an edit changes one known word, keeps its capital, and makes the article before it right', () => {
  const edits = all('Two horses in the snow, an orange balloon above them');
  assert.ok(edits.includes('Three horses in the snow, an orange balloon above them'));
  assert.ok(edits.includes('Two horses in the snow, a pink balloon above them'));
  assert.ok(edits.includes('Two horses on the moon, an orange balloon above them'));
  assert.ok(edits.includes('Two horses in the snow, an orange balloon behind them'));
  assert.ok(all('a red car').includes('an orange car'));
  assert.equal(new Set(edits).size, edits.length);
});

test('spellings that mean the same never stand for one another', () => {
  assert.ok(!all('a gray cat').some((text) => /gr[ae]y/.test(text)));
  assert.ok(!all('a big dog').includes('a large dog'));
});

test('few edits cover every word of a prompt', () => {
  const text = 'two small iron boxes under a tree';
  for (let seed = 0; seed < 10; seed++) {
    const edits = editText(text, known, 4, random(seed), () => true);
    const changed = edits.map((edit) => findWords(edit, known).map(({ entry }) => entry.spellings[0]!));
    const before = findWords(text, known).map(({ entry }) => entry.spellings[0]!);
    const places = changed.map((words) => words.findIndex((word, i) => word !== before[i]));
    assert.deepEqual(places.sort(), [0, 1, 2, 3]);
  }
});

test('a project’s own lists come before the known ones, and make them longer', () => {
  assert.deepEqual(all('an astronaut riding a horse'), []);
  const own = joinLists({ animals: ['horse', 'cow', 'elephant'], fruit: ['apple', 'orange'], colors: ['ochre'] });
  assert.deepEqual(all('an astronaut riding a horse', own).sort(), [
    'an astronaut riding a cow',
    'an astronaut riding an elephant',
  ]);
  assert.deepEqual(all('an orange', own), ['an apple']);
  assert.ok(all('a red hat', own).includes('an ochre hat'));
});

const source: EditSource = {
  grammar: worldGrammar,
  entries: known,
  isHeldOut: heldOutTest(splitPrompts()),
  refused: new Set(['a blue fox in the rain', 'two lions']),
};
const streams = [0, 1, 2].map((turn) => () => random(7, turn));

test('edits come with the prompt, else from the grammar, else from words; none from nowhere', () => {
  const ways = (text: string, edits?: string[]) => drawEdits({ text, edits }, source, 4, streams)?.way;
  assert.equal(ways('two red dogs', ['two red wolves']), 'given');
  assert.equal(ways('two red dogs'), 'grammar');
  assert.equal(ways('a red fox in the rain'), 'words');
  assert.equal(ways('an astronaut riding a horse'), undefined);
  assert.equal(ways('an astronaut riding a horse', ['an astronaut riding a cow']), 'given');
});

test('no edit is a prompt that is kept apart, whichever way it came', () => {
  const texts = (text: string, edits?: string[]) =>
    drawEdits({ text, edits }, source, 1000, streams)?.lists.flat() ?? [];
  assert.ok(texts('a red fox in the rain').length > 0);
  assert.ok(!texts('a red fox in the rain').includes('a blue fox in the rain'));
  assert.deepEqual(new Set(texts('three lions', ['two lions', 'three bears'])), new Set(['three bears']));
  const [subject, color] = [...splitPrompts().heldOutPairings.get('color')!][0]!;
  const heldOut = `three ${color} ${worldGrammar.subjects.find(({ singular }) => singular === subject)!.plural}`;
  assert.ok(!texts('three grand castles', [heldOut, 'three huts']).includes(heldOut));
});
