import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeAll } from '../bench/results/claims.ts';
import { RESULTS, readResultFiles } from '../bench/results/files.ts';
import { writePage } from '../bench/results/page.ts';
import { conclude } from '../bench/results/paper-table.ts';

const read = (name: string) => readFileSync(join(RESULTS, name), 'utf8');
const files = readResultFiles();

test('the results page is what the generator makes of the files', () => {
  assert.equal(read('README.md'), writePage(read('words.md'), files), 'run `npm run results`');
});

test('the words of the results page hold no figure: those stand in markers, and settings in code', () => {
  const prose = read('words.md')
    .replace(/\{\{[^}]+\}\}/g, '')
    .replace(/`[^`]+`/g, '')
    .replace(/\]\([^)]+\)/g, ']');
  assert.deepEqual(prose.match(/.{0,30}\d.{0,30}/g), null);
});

test('a marker that names nothing is an error, not an empty place', () => {
  assert.throws(() => writePage('{{experiment gamma}}', files), /nothing to put in place of \{\{experiment gamma\}\}/);
});

test('every file of results is told of on the page', () => {
  const page = read('README.md');
  for (const { experiment } of files.experiments) assert.ok(page.includes(`## ${experiment}\n`), experiment);
  for (const { name } of files.reproductions) assert.ok(page.includes(`## ${name}\n`), name);
  for (const { title } of Object.values(files.recorded)) assert.ok(page.includes(title), title);
});

test('claims come out by rule: the sign of what is sure after correction for the number of all', () => {
  const claims = judgeAll(files);
  for (const { difference, corrected, verdict } of claims) {
    assert.ok(corrected >= difference.p);
    const sure = corrected <= 0.05;
    assert.equal(verdict, sure ? (difference.estimate > 0 ? 'reproduced' : 'opposite') : 'open');
  }
  const [beta] = claims.filter(({ source, topic }) => source === 'beta' && topic === 'trade-off');
  assert.ok(beta!.difference.p < 0.05 && beta!.verdict === 'open', 'one at 0.04 among many is open');
});

test('what was decided among the claims of a row decides it, unless they disagree', () => {
  const of = (...verdicts: ('reproduced' | 'opposite' | 'open')[]) =>
    conclude(verdicts.map((verdict) => ({ verdict })));
  assert.equal(of('open', 'reproduced'), 'reproduced');
  assert.equal(of('opposite', 'open', 'opposite'), 'opposite');
  assert.equal(of('opposite', 'reproduced'), 'open');
  assert.equal(of('open'), 'open');
});

test('seeds whose prompts were kept are told in one bootstrap, by category, with copies, ranking and sets', () => {
  const [own] = files.reproductions;
  const shares = (good: number) => ({ good, bad: 4 - good, unclear: 0, empty: 0 });
  const figures = { pairs: 4, prompts: 2, accuracy: { estimate: 0.75, low: 0.5, high: 0.9 }, bestOf: 0.5 };
  const verdict = { category: 'count', split: 'unseen', question: 'alignment', votes: [9, 0, 0], result: 1 } as const;
  const details = own!.seeds.map(({ seed }) => ({
    version: 1 as const,
    seed,
    recipe: 'ours',
    prompts: Array.from({ length: 8 }, (_, i) => ({
      prompt: `prompt ${i}`,
      category: 'count',
      split: 'unseen' as const,
      models: { base: shares(i % 2), tuned: shares(2 + (i % 3)) },
    })),
    ranking: [{ split: 'unseen' as const, category: 'all', reward: figures, clip: figures }],
    variety: {
      tuned: {
        rows: [
          {
            split: 'unseen' as const,
            coverage: null,
            free: [{ part: 'color', pictures: 3, entropy: 1, renders: 2.5 }],
          },
        ],
        copies: { pictures: 8, learnedFrom: 9, share: 0.02 },
      },
    },
    sets: [
      { a: 'tuned', b: 'base', verdicts: Array.from({ length: 6 }, (_, i) => ({ ...verdict, prompt: `prompt ${i}` })) },
    ],
  }));
  const page = writePage('{{reproductions}}', { ...files, reproductions: [{ ...own!, details }] });
  assert.match(page, /\| count \| 6 \|.*8 : 0 of 8, p = 0\.008 \|/);
  assert.match(page, /color 1\.00 \(2\.50\)/);
  assert.match(page, /\| tuned \| 2\.0 % \|/);
  assert.match(
    page,
    /tuned : base, alignment, unseen \| 18 \| 100\.0 % \(81\.5 to 100\.0\) \| 0\.0 % \(0\.0 to 18\.5\)/,
  );
});
