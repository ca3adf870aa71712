import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import { preferredLanguage, say, showLanguage, type Words } from './words.ts';
import { ZH } from './zh.ts';

const texts = (words: Words) =>
  Object.entries(words).flatMap(([key, text]) =>
    typeof text === 'string' ? [[key, text] as const] : Object.entries(text).map(([n, each]) => [`${key}.${n}`, each]),
  ) as [string, string][];
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');

test('each language has every text, with the same values in it, and none in English', () => {
  const english = new Map(texts(EN));
  for (const [name, words] of Object.entries({ ES, DE, ZH })) {
    const own = new Map(texts(words));
    assert.deepEqual([...own.keys()], [...english.keys()], name);
    for (const [key, text] of own) {
      assert.ok(text.trim() !== '', `${name} ${key}`);
      // One may be a word instead of a number.
      if (!key.endsWith('.one')) assert.equal(places(text), places(english.get(key)!), `${name} ${key}`);
      assert.equal(text.split('**').length, english.get(key)!.split('**').length, `${name} ${key}`);
    }
    const same = [...own].filter(([key, text]) => text === english.get(key) && text.length > 12);
    assert.deepEqual(same, [], `${name}: left in English`);
  }
});

test('the choice goes before the browser, the browser before English, and numbers choose their text', async () => {
  assert.equal(preferredLanguage('de', ['es-MX']), 'de');
  assert.equal(preferredLanguage('xx', ['fr', 'zh-Hant-TW', 'es']), 'zh');
  assert.equal(preferredLanguage(null, ['fr']), 'en');
  assert.equal(say('answersNow', { count: 1 }), '1 answer now');
  await showLanguage('de');
  assert.equal(say('answersNow', { count: 2 }), '2 Antworten jetzt');
  assert.equal(say('lastAnswer', { answer: 'gut' }), 'Das vorige haben Sie mit „gut“ beantwortet.');
  await showLanguage('en');
});
