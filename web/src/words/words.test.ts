import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DE, REFUSALS_DE } from './de.ts';
import { EN } from './en.ts';
import { ES, REFUSALS_ES } from './es.ts';
import { preferredLanguage, say, sayRefusal, sayTime, showLanguage, type Words } from './words.ts';
import { REFUSALS_ZH, ZH } from './zh.ts';

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

test('what the server refuses is said in each language, in the words that it has', async () => {
  const folders = ['../../../src/studio/server', '../../../src/method/feedback/queue'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const sources = folders
    .flatMap((dir) => readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(path, 'utf8').replaceAll(/\$\{[^}]*\}(?:[^}`']*\)\})?/g, '{n}'))
    .join('\n');
  for (const [name, own] of Object.entries({ ES: REFUSALS_ES, DE: REFUSALS_DE, ZH: REFUSALS_ZH })) {
    assert.deepEqual(Object.keys(own), Object.keys(REFUSALS_ES), name);
    for (const [english, text] of Object.entries(own)) {
      assert.ok(sources.includes(english), `the server says nowhere: ${english}`);
      assert.equal(places(text), places(english), `${name}: ${english}`);
    }
  }
  await showLanguage('de');
  assert.equal(sayRefusal('Try again in 844 s.'), 'Versuchen Sie es in 844 s noch einmal.');
  assert.equal(
    sayRefusal('this invitation ended on 2026-12-02T23:50 UTC'),
    'diese Einladung endete am 2026-12-02T23:50 UTC',
  );
  assert.equal(sayRefusal('something else happened'), 'something else happened');
  assert.match(sayTime('2026-12-02T12:00:00Z'), /^0?2\.12\.2026/);
  await showLanguage('en');
  assert.equal(sayRefusal('Try again in 844 s.'), 'Try again in 844 s.');
});

test('of two languages asked for at once the latter is shown', async () => {
  await Promise.all([showLanguage('de'), showLanguage('en')]);
  assert.equal(say('close'), 'Close');
  await Promise.all([showLanguage('de'), showLanguage('es')]);
  assert.equal(say('close'), 'Cerrar');
  await showLanguage('en');
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
