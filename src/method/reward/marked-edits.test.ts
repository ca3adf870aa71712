import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferMarked, wordsByPrompt } from './marked-edits.ts';

test('words are counted over the pictures of a prompt, the most often named first', () => {
  const marked = [
    { imageId: 'a', promptId: 'p', words: ['green', 'two'] },
    { imageId: 'b', promptId: 'p', words: ['two'] },
    { imageId: 'c', promptId: 'q', words: ['dogs'] },
  ];
  assert.deepEqual(
    [...wordsByPrompt(marked)],
    [
      ['p', ['two', 'green']],
      ['q', ['dogs']],
    ],
  );
});

test('edits at marked words take half of the places, or all that others leave', () => {
  const edits = [
    'two red dogs',
    'three green dogs',
    'two green cats',
    'four green dogs',
    'one green dog',
    'two blue dogs',
  ];
  assert.deepEqual(preferMarked(edits, ['two'], 3), ['three green dogs', 'four green dogs', 'two red dogs']);
  assert.deepEqual(preferMarked(edits, ['Two'.toLowerCase()], 6), [
    ...['three green dogs', 'four green dogs', 'one green dog', 'two red dogs', 'two green cats', 'two blue dogs'],
  ]);
  assert.deepEqual(preferMarked(edits.slice(0, 2), ['two'], 3), ['three green dogs', 'two red dogs']);
  assert.deepEqual(preferMarked(edits, [], 2), edits.slice(0, 2));
  assert.deepEqual(preferMarked(edits, ['moon'], 2), ['two red dogs', 'three green dogs']);
});
