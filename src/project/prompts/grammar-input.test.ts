import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { editPrompts } from './edits.ts';
import { enumeratePrompts } from './enumerate.ts';
import { categoriesOf, categoryOf } from './grammar.ts';
import { type GrammarInput, readGrammar, writeGrammar } from './grammar-input.ts';
import { heldOutTest } from './held-out.ts';
import { formatPrompt, parsePrompt } from './prompt-text.ts';
import { splitPrompts } from './split.ts';
import { worldGrammar } from './world-grammar.ts';

const workshop: GrammarInput = {
  subjects: ['box', 'cherry', { knife: 'knives' }, 'egg'],
  counts: ['a', 'two', 'three'],
  colors: ['red', 'orange'],
  backgrounds: ['on a table', 'in a garden'],
  slots: { material: ['wooden', 'iron'], relation: { under: 'under a chair', behind: 'behind a chair' } },
  templates: {
    count: 'a photo of {count} {subject}',
    material: '{a} {material} {subject}',
    relation: '{count} {color} {subject} {relation}',
  },
  heldOut: { subjects: ['egg'] },
};

test('a grammar of its own has its own slots, templates and plurals, and its prompts parse back', () => {
  const grammar = readGrammar(workshop);
  const animals = readGrammar({ ...workshop, subjects: ['fish', 'egg', { sheep: 'sheeps' }] }).subjects;
  assert.deepEqual(
    animals.map(({ plural }) => plural),
    ['fish', 'eggs', 'sheeps'],
  );
  assert.deepEqual(categoriesOf(grammar), ['count', 'material', 'relation']);
  assert.equal(formatPrompt({ count: 3, subject: 'knife' }, grammar), 'a photo of three knives');
  assert.equal(formatPrompt({ count: 1, material: 'iron', subject: 'box' }, grammar), 'an iron box');
  assert.equal(
    formatPrompt({ count: 2, color: 'red', subject: 'cherry', relation: 'under' }, grammar),
    'two red cherries under a chair',
  );
  for (const category of categoriesOf(grammar))
    for (const slots of enumeratePrompts(category, grammar)) {
      assert.deepEqual(parsePrompt(formatPrompt(slots, grammar), grammar), slots);
      assert.equal(categoryOf(slots, grammar), category);
    }
  assert.deepEqual(parsePrompt('two wooden boxes', grammar), { count: 2, material: 'wooden', subject: 'box' });
  assert.throws(() => parsePrompt('a wooden iron box', grammar), /expected one of box, cherry, knife, egg/);
});

test('edits of every slot of a prompt read as prompts, and none names a held-out subject', () => {
  const grammar = readGrammar(workshop);
  const heldOut = heldOutTest(splitPrompts({ grammar, seed: 3 }));
  const slots = parsePrompt('two red boxes behind a chair', grammar);
  const edits = editPrompts(slots, 100, random(1), { grammar, accept: (edit) => !heldOut(edit) });
  const texts = edits.map((edit) => formatPrompt(edit, grammar));
  assert.ok(texts.includes('two red boxes under a chair'));
  assert.ok(texts.some((text) => text.startsWith('three red boxes') || text.startsWith('a red box')));
  assert.ok(texts.every((text) => !text.includes('egg')));
});

test('whole held-out subjects are in every unseen category and in no seen one', () => {
  const split = splitPrompts({ grammar: readGrammar('paper'), seed: 4 });
  assert.equal(split.heldOutSubjects.size, 5);
  for (const [category, prompts] of Object.entries(split.seen)) {
    assert.ok(prompts.every(({ subject }) => !split.heldOutSubjects.has(subject)));
    const subjects = new Set(split.unseen[category]!.map(({ subject }) => subject));
    assert.deepEqual(subjects, split.heldOutSubjects);
  }
  const sizes = Object.values(split.seen).map(({ length }) => length);
  assert.deepEqual(sizes, [20 * 6, 20 * 9, 20 * 8, 20 * 6 * 9 * 8]);
  assert.notDeepEqual(splitPrompts({ grammar: readGrammar('paper'), seed: 5 }).heldOutSubjects, split.heldOutSubjects);
});

test('the embedded grammar written out makes the same prompts', () => {
  const written = readGrammar(writeGrammar('embedded'));
  for (const category of categoriesOf(worldGrammar))
    assert.deepEqual(enumeratePrompts(category, written), enumeratePrompts(category, worldGrammar));
  assert.deepEqual(splitPrompts({ grammar: written, seed: 0 }), splitPrompts());
});

test('what cannot be told apart, read or held out is refused by name', () => {
  const refuses = (part: Partial<GrammarInput>, message: RegExp) =>
    assert.throws(
      () => readGrammar({ ...workshop, ...part }),
      (error) => error instanceof CollimateError && error.code === 'CONFIG' && message.test(error.message),
    );
  refuses({ subjects: ['box'], heldOut: undefined }, /subjects has 1 entries, expected at least 2/);
  refuses({ colors: ['red', 'iron'] }, /"iron" occurs twice/);
  refuses({ templates: { count: '{count} of them' } }, /template count .* has no \{subject\}/);
  refuses({ templates: { count: '{count} {size} {subject}' } }, /names \{size\}, which is no slot/);
  refuses({ templates: { count: '{count} {subject' } }, /has no \{subject\}/);
  refuses({ templates: { one: '{a} {subject}', two: 'the {count} {subject}' } }, /same slots as another one/);
  refuses({ heldOut: { subjects: ['spoon'] } }, /names "spoon", which is no subject/);
  refuses({ heldOut: { subjects: 4 } }, /holds out 4 of 4 subjects/);
  refuses({ heldOut: { pairings: ['size'] } }, /heldOut.pairings names "size"/);
  refuses({ slots: { ...workshop.slots, color: ['x', 'y'] } }, /slots.color has a list of its own/);
  const many = Array.from({ length: 900 }, (_, i) => `thing${i}`);
  refuses(
    { subjects: many, colors: many.map((name) => `${name}y`), heldOut: undefined },
    /make \d+ prompts, expected at most/,
  );
});
