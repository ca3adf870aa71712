import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollimateError } from '../../util/errors.ts';
import { checkGrammar } from './check-grammar.ts';
import { enumeratePrompts } from './enumerate.ts';
import type { Grammar } from './grammar.ts';
import { CATEGORIES, categoryOf, grammarWords } from './grammar.ts';
import { formatPrompt, parsePrompt } from './prompt-text.ts';
import { worldGrammar } from './world-grammar.ts';

const shop: Grammar = {
  subjects: [
    { singular: 'apple', plural: 'apples' },
    { singular: 'fire truck', plural: 'fire trucks' },
    { singular: 'fire', plural: 'fires' },
  ],
  colors: ['orange', 'light blue', 'blue'],
  backgrounds: [
    { name: 'table', phrase: 'on a table' },
    { name: 'sky', phrase: 'in the blue sky' },
  ],
  countWords: ['a', 'two', 'three', 'four'],
};

/** The CollimateError that `action` throws. */
function refusal(action: () => unknown): CollimateError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof CollimateError);
    return error;
  }
  return assert.fail('expected a CollimateError');
}

test('formatPrompt writes count, color, subject and place', () => {
  assert.equal(formatPrompt({ count: 2, subject: 'dog' }), 'two dogs');
  assert.equal(formatPrompt({ count: 1, color: 'green', subject: 'dog' }), 'a green dog');
  assert.equal(formatPrompt({ count: 1, subject: 'cat', background: 'city' }), 'a cat in a city');
  assert.equal(
    formatPrompt({ count: 4, color: 'blue', subject: 'fish', background: 'moon' }),
    'four blue fish on the moon',
  );
  assert.equal(formatPrompt({ count: 1, subject: 'apple' }, shop), 'an apple');
  assert.equal(formatPrompt({ count: 1, color: 'light blue', subject: 'apple' }, shop), 'a light blue apple');
});

for (const [name, grammar, prompts] of [
  ['world', worldGrammar, 24 + 36 + 30 + 720],
  ['shop', shop, 12 + 9 + 6 + 72],
] as const) {
  test(`every prompt of the ${name} grammar parses back to its slots and category`, () => {
    checkGrammar(grammar);
    const words = new Set(grammarWords(grammar));
    const texts = new Set<string>();
    for (const category of CATEGORIES) {
      for (const slots of enumeratePrompts(category, grammar)) {
        const text = formatPrompt(slots, grammar);
        assert.deepEqual(parsePrompt(text, grammar), slots);
        assert.equal(categoryOf(slots, grammar), category);
        assert.ok(text.split(' ').every((word) => words.has(word)));
        texts.add(text);
      }
    }
    assert.equal(texts.size, prompts);
  });
}

test('parsePrompt takes any letter case, any spaces, and parts left out', () => {
  assert.deepEqual(parsePrompt('  Two  GREEN dogs'), { count: 2, color: 'green', subject: 'dog' });
});

test('an unknown word is named with its nearest words', () => {
  const error = refusal(() => parsePrompt('two gren dogs in a city'));
  assert.equal(error.code, 'PROMPT');
  assert.match(error.message, /"two gren dogs in a city": unknown word "gren"; the nearest known words are green, /);
  assert.match(error.hint, /Use a word of the project's grammar \(a, beach, bird, .*\), or add the word/);
});

test('known words in the wrong place are refused with what was expected', () => {
  const cases: [string, RegExp][] = [
    ['', /expected one of a, two, three, four, but the prompt ends/],
    ['two dog', /expected one of dogs, cats, .*, but found "dog"/],
    ['green two dogs', /expected one of a, two, three, four, but found "green two dogs"/],
    ['a dog in the city', /expected the end or one of "in a city", .*, but found "in the city"/],
    ['a dog in a city city', /expected the end, but found "city"/],
  ];
  for (const [text, message] of cases) {
    const error = refusal(() => parsePrompt(text));
    assert.equal(error.code, 'PROMPT');
    assert.match(error.message, message);
    assert.match(error.hint, /such as "two red dogs in a city"/);
  }
});

test('formatPrompt refuses a name that the grammar lacks', () => {
  const error = refusal(() => formatPrompt({ count: 1, color: 'blu', subject: 'dog' }));
  assert.equal(error.code, 'PROMPT');
  assert.match(error.message, /unknown color "blu"; the nearest known are blue/);
});

test('checkGrammar refuses vocabularies whose prompts could be confused', () => {
  const refuses = (part: Partial<Grammar>, message: RegExp) => {
    const error = refusal(() => checkGrammar({ ...worldGrammar, ...part }));
    assert.equal(error.code, 'CONFIG');
    assert.match(error.message, message);
  };
  refuses({ colors: ['red'] }, /colors has 1 entries, expected at least 2/);
  refuses({ colors: ['red', 'dog'] }, /"dog" occurs twice/);
  refuses({ colors: ['red', 'Blue'] }, /"Blue" is not made of lower-case words/);
});
