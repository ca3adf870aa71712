import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import { parsePrompts } from './parse-prompts.ts';
import { splitByShares } from './split-prompts.ts';

const parse = (format: 'csv' | 'jsonl' | 'text', content: string) =>
  parsePrompts(format, content, 'seen', worldGrammar);

test('edits come as a JSON list or with | between them, and a split by its name', () => {
  const csv = parse(
    'csv',
    'prompt,edits,split\na fox in the rain,"a fox in the sun | a wolf in the rain",unseen\ntwo hats,"[""three hats"", ""two caps""]",\n',
  );
  assert.deepEqual(csv.problems, []);
  assert.deepEqual(
    csv.prompts.map(({ text, edits, split, splitGiven }) => ({ text, edits, split, splitGiven })),
    [
      {
        text: 'a fox in the rain',
        edits: ['a fox in the sun', 'a wolf in the rain'],
        split: 'unseen',
        splitGiven: true,
      },
      { text: 'two hats', edits: ['three hats', 'two caps'], split: 'seen', splitGiven: false },
    ],
  );
  const jsonl = parse('jsonl', '{"prompt":"two hats","edits":["three hats"],"split":"Development"}\n"one hat"\n');
  assert.deepEqual(
    jsonl.prompts.map(({ edits, split }) => [edits, split]),
    [
      [['three hats'], 'development'],
      [undefined, 'seen'],
    ],
  );
  assert.deepEqual(jsonl.passedOver, []);
});

test('lines with the prompt of another line are counted, and the last of them counts', () => {
  const { prompts, repeats } = parse('csv', 'prompt,split\na fox,seen\ntwo hats,\na  fox ,unseen\n,\na fox,unseen\n');
  assert.deepEqual(
    prompts.map(({ text, split }) => [text, split]),
    [
      ['a fox', 'unseen'],
      ['two hats', 'seen'],
    ],
  );
  assert.equal(repeats, 2);
});

test('edits and splits that cannot be are problems of their line', () => {
  const { prompts, problems } = parse(
    'jsonl',
    [
      '{"prompt":"a","edits":[1]}',
      '{"prompt":"b","edits":"b|c"}',
      '{"prompt":"c","split":"test"}',
      '{"prompt":"d","edits":"[\\"x\\""}',
      `{"prompt":"e","edits":"${'x'.repeat(1001)}"}`,
      '{"prompt":"f","edits":""}',
    ].join('\n'),
  );
  assert.deepEqual(
    prompts.map(({ text }) => text),
    ['f'],
  );
  assert.deepEqual(
    problems.map(({ line }) => line),
    [1, 2, 3, 4, 5],
  );
  assert.match(problems[1]!.message, /the prompt itself/);
  assert.match(problems[2]!.message, /expected seen, development, unseen, got "test"/);
});

test('shares part the prompts of each category by the seed, and what the file says stays', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a fox number ${i}`).join('\n');
  const { prompts } = parse('text', lines);
  const fixed = { ...prompts[0]!, split: 'unseen' as const, splitGiven: true };
  const all = [fixed, ...prompts.slice(1)];
  const split = splitByShares(all, { unseen: 0.25, development: 0.5 }, 3);
  const count = (name: string) => split.filter((prompt) => prompt.split === name).length;
  assert.deepEqual([count('unseen'), count('development'), count('seen')], [1 + 10, 19, 10]);
  assert.equal(split[0]!.split, 'unseen');
  assert.deepEqual(splitByShares(all.toReversed(), { unseen: 0.25, development: 0.5 }, 3).toReversed(), split);
  assert.notDeepEqual(splitByShares(all, { unseen: 0.25, development: 0.5 }, 4), split);
  assert.ok(splitByShares(prompts, { unseen: 0, development: 0 }, 3).every((prompt) => prompt.split === 'seen'));
});

test('remarks and names of networks are no part of prompts, and are counted', () => {
  const text = parse('text', '# my prompts\na red fox <lora:oil:0.8>\n  # more\na red fox\n<lora:oil:1>\n');
  assert.deepEqual(
    text.prompts.map((prompt) => prompt.text),
    ['a red fox'],
  );
  assert.deepEqual(Object.values(text.readAs), [2, 2]);
  assert.deepEqual(text.problems, [{ line: 5, message: 'nothing but names of networks' }]);
  assert.equal(text.repeats, 1);
  assert.equal(parse('csv', 'prompt\n# no remark here\n').prompts[0]!.text, '# no remark here');
});

test('a category that is none of ours, or that the words of the prompt decide, is told of', () => {
  const { prompts, passedOver, readAs } = parse(
    'jsonl',
    [
      '{"prompt":"a fox","category":3}',
      '{"prompt":"two red dogs","category":"animals"}',
      '{"prompt":"a hat","category":"x"}',
    ].join('\n'),
  );
  assert.deepEqual(
    prompts.map(({ category }) => category),
    ['free', 'combination', 'x'],
  );
  assert.deepEqual(passedOver, ['category']);
  assert.deepEqual(Object.values(readAs), [1]);
});

test('lists of JSON and tables by tabs are read as such, and a text that is one of them is refused', () => {
  const list = parse('jsonl', '[\n {"prompt": "a red dog"},\n "a hat",\n {"prompt": 7}\n]\n');
  assert.deepEqual(
    list.prompts.map(({ text }) => text),
    ['a red dog', 'a hat'],
  );
  assert.match(list.problems[0]!.message, /^element 3 of the list: no JSON object/);
  assert.equal(parse('csv', 'prompt\tcategory\na hat\t x \n').prompts[0]!.category, 'x');
  for (const text of ['[{"prompt":"a"}]', '[{', '{"prompt":"a"}', 'prompt,category\na,b', '"text"\tsplit', '[1]'])
    assert.throws(() => parse('text', text), /line 1: (JSON|names of columns), where a text/);
  for (const text of ['prompt', 'a text, a caption', '[a red] dog', '7', '"a hat"'])
    assert.equal(parse('text', text).prompts[0]!.text, text);
});

test('rows without a prompt and cells of several lines are told of', () => {
  const { prompts, readAs } = parse('csv', 'prompt,category\n"a red wall,x\na lawn",y\n,z\na cat,\n');
  assert.deepEqual(
    prompts.map(({ text }) => text),
    ['a red wall,x a lawn', 'a cat'],
  );
  assert.deepEqual(readAs, {
    'prompt or category of several lines, which are one': 1,
    'row without a prompt, passed over': 1,
  });
  assert.deepEqual(parse('text', 'a cat\n\na dog\n').readAs, {});
});

test('a file without any prompt is refused, not stored as none', () => {
  for (const [format, content] of [
    ['text', ''],
    ['text', '# a remark alone\n\n'],
    ['csv', 'prompt,category\n,color\n'],
    ['jsonl', '[]'],
  ] as const)
    assert.throws(() => parse(format, content), { code: 'USAGE', message: /^there is no prompt in it$/ });
});
