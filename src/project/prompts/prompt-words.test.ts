import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listPromptWords } from './prompt-words.ts';

test('lists the words that a picture can fail to show', () => {
  assert.deepEqual(listPromptWords('two green dogs in a city'), ['two', 'green', 'dogs', 'city']);
  assert.deepEqual(listPromptWords("A cat's toy, behind a Toy (3 balls)!"), ["cat's", 'toy', 'behind', '3', 'balls']);
});

test('finds words where no blanks stand between them, and keeps small words where there are no others', () => {
  assert.deepEqual(listPromptWords('两只绿色的狗').includes('狗'), true);
  assert.deepEqual(listPromptWords('in the'), ['in', 'the']);
  assert.deepEqual(listPromptWords('…'), []);
});
