import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabases } from '../testing.ts';
import { listPromptPage } from './prompt-pages.ts';
import { insertPrompts } from './prompts.ts';
import { listCases } from './search-text.ts';

test('letters beyond ASCII are looked for in either case, and many of them in one', () => {
  assert.deepEqual(listCases('café 5!'), ['café 5!', 'cafÉ 5!']);
  assert.deepEqual(listCases('犬 ß'), ['犬 ß', '犬 SS']);
  assert.deepEqual(listCases('привет'), ['привет', 'ПРИВЕТ']);
});

testDatabases(
  'prompts are found whatever the case of their letters, and signs of patterns mean themselves',
  async (_t, db) => {
    const texts = ['Ärger im Café', 'a 50% off sign', 'a red fox_trot!', 'ПРИВЕТ мир'];
    await insertPrompts(
      db,
      texts.map((text) => ({ text, category: 'free', slots: {}, split: 'seen' as const })),
    );
    const find = async (search: string) =>
      (await listPromptPage(db, { limit: 10, search })).prompts.map(({ text }) => texts.indexOf(text)).sort();
    for (const search of ['Ärger', 'ärger im CAFÉ', 'café', 'rger']) assert.deepEqual(await find(search), [0], search);
    assert.deepEqual(await find('%'), [1]);
    assert.deepEqual(await find('X_T'), [2]);
    assert.deepEqual(await find('привет'), [3]);
  },
);
