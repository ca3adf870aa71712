import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashJson } from '../../util/hash.ts';
import { random } from '../../util/random.ts';
import { embedded } from './embedded.ts';
import { openWorld } from './worlds.ts';

const read = (text: string, slots: Record<string, unknown> = {}) => embedded.read({ text, slots });

test('the world reads what it has, by slots or by text, and knows nothing else', () => {
  assert.deepEqual(read('two green dogs in a city'), { count: 2, color: 'green', subject: 'dog', background: 'city' });
  assert.deepEqual(read('whatever', { count: 1, subject: 'cat' }), { count: 1, subject: 'cat' });
  assert.equal(read('a photo of an astronaut riding a horse'), undefined);
  assert.equal(read('five elephants', { count: 5, subject: 'elephant' }), undefined);
  assert.equal(read('a wooden dog', { count: 1, subject: 'dog', material: 'wooden' }), undefined);
  assert.equal(read('red', { color: 'red' }), undefined);
});

test('answers, renders and pairs come through the interface', () => {
  const asked = read('three red cats')!;
  assert.equal(embedded.answer(asked, { parts: { ...asked, background: null } }), 'good');
  assert.equal(embedded.answer(asked, { parts: { ...asked, count: 2 } }), 'bad');
  const { width, height } = embedded.size;
  assert.equal(embedded.render(asked, random(1, 'render')).length, width * height * 3);
  const pairs = embedded.pairs(3, (i) => random(1, 'pairs', i));
  assert.equal(pairs.length, 3);
  assert.deepEqual(pairs[1]!.picture(), embedded.pairs(3, (i) => random(1, 'pairs', i))[1]!.picture());
});

test('the pairs of a seed are those of all releases, which models that were tuned on them depend on', () => {
  const pairs = embedded.pairs(256, (i) => random(1, 'pairs', i)).map(({ caption, key }) => [caption, key]);
  assert.equal(hashJson(pairs), 'e9113f8c1d23d5faf211dfcdeee12745a01eb16b140378c9f76736d02a445429');
});

test('a configuration names its world, or none', () => {
  assert.equal(openWorld({ world: 'embedded' }), embedded);
  assert.equal(openWorld({ world: 'none' }), null);
});
