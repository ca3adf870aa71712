import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputWithAge } from './age.ts';

test('answers are sent with the time since they were given, never below nothing', () => {
  const about = ['a'];
  const input = { body: { answers: [{ clientId: 'a' }] } };
  const message = { id: 'a', operation: 'submitAnswers', input, about };
  const ageAt = (now: number, at?: number) => inputWithAge(at === undefined ? message : { ...message, at }, now);
  assert.deepEqual(ageAt(5000, 1000), { body: { answers: [{ clientId: 'a', age: 4000 }] } });
  assert.deepEqual(ageAt(500, 1000), { body: { answers: [{ clientId: 'a', age: 0 }] } });
  assert.equal(ageAt(5000), input, 'a message of an older page does not know');
  const pair = {
    id: 'a',
    operation: 'answerPair',
    input: { params: { id: 's' }, body: { pairId: 'p' } },
    about,
    at: 1,
  };
  assert.deepEqual(inputWithAge(pair, 3), { params: { id: 's' }, body: { pairId: 'p', age: 2 } });
  const undo = { id: 'a', operation: 'undoAnswer', input: { body: {} }, about, at: 1 };
  assert.equal(inputWithAge(undo, 3), undo.input);
});
