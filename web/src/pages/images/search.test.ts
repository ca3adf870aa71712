import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImageSearch } from './search.ts';

test('an address keeps the filters that it knows, and numbers as numbers', () => {
  const search = {
    label: 'good',
    count: '2',
    minReward: 0.5,
    maxReward: 'x',
    search: 'two green',
    color: '',
    other: 'x',
    image: 'ab12',
  };
  assert.deepEqual(readImageSearch(search), {
    label: 'good',
    count: 2,
    minReward: 0.5,
    search: 'two green',
    image: 'ab12',
  });
  assert.deepEqual(readImageSearch({}), {});
});
