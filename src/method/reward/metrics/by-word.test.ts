import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../../util/random.ts';
import { measureWords, type NamedPicture } from './by-word.ts';

const stream = (word: string) => random(0, 'word', word);

test('of each word: how many bad pictures lack it, of how many prompts, and the share that the reward finds', () => {
  const picture = (promptId: string, words: string[], found: boolean): NamedPicture => ({ promptId, words, found });
  const report = measureWords(
    [
      picture('a', ['two', 'green'], true),
      picture('a', ['two'], false),
      picture('b', ['two'], true),
      picture('c', ['green'], true),
      picture('c', [], false),
    ],
    stream,
  )!;
  assert.equal(report.leftOut, 0);
  const told = report.words.map(({ word, images, prompts, accuracy }) => [word, images, prompts, accuracy]);
  assert.deepEqual(told, [
    ['two', 3, 2, 2 / 3],
    ['green', 2, 2, 1],
  ]);
  for (const { accuracy, interval } of report.words) assert.ok(interval[0] <= accuracy && accuracy <= interval[1]);
  assert.ok(report.words[1]!.interval[0] < 0.5, 'two prompts are few');
});

test('the most often named twenty are told, the others counted, and nothing where nobody named any', () => {
  const pictures = Array.from({ length: 25 }, (_, i) => ({ promptId: `${i}`, words: [`w${i}`], found: true }));
  const report = measureWords([...pictures, pictures[24]!], stream)!;
  assert.deepEqual([report.words.length, report.leftOut, report.words[0]!.word], [20, 5, 'w24']);
  assert.equal(measureWords([{ promptId: 'a', words: [], found: true }], stream), undefined);
});
