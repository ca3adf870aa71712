import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { enumeratePrompts } from '../../project/prompts/enumerate.ts';
import { grammarWords } from '../../project/prompts/grammar.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { BACKGROUNDS, FEET } from './backgrounds.ts';
import { SIZE } from './canvas.ts';
import { placeBoxes } from './layout.ts';
import { COLOR_TONES } from './palette.ts';
import { renderScene } from './render.ts';
import { type Scene, sampleScene } from './scene.ts';
import { SPRITES } from './sprites.ts';
import { worldWords } from './words.ts';

const scene: Scene = { count: 2, color: 'green', subject: 'dog', background: 'city', seed: 7 };

test('the world can draw every word of its grammar', () => {
  assert.deepEqual([...SPRITES.keys()].sort(), worldGrammar.subjects.map(({ singular }) => singular).sort());
  assert.deepEqual([...COLOR_TONES.keys()].sort(), [...worldGrammar.colors].sort());
  assert.deepEqual([...BACKGROUNDS.keys()].sort(), worldGrammar.backgrounds.map(({ name }) => name).sort());
  assert.deepEqual(worldWords(), grammarWords(worldGrammar));
  assert.equal(worldWords().length, 29);
});

test('a scene always gives the same bytes, the ones that the shipped models were trained on', () => {
  assert.deepEqual(renderScene(scene), renderScene({ ...scene }));
  const digest = createHash('sha256');
  for (const [i, slots] of enumeratePrompts('combination').entries())
    digest.update(renderScene(sampleScene(slots, random(i))));
  assert.equal(digest.digest('hex').slice(0, 16), '48f88bb637934cfb');
});

test('each part of a scene changes its pixels', () => {
  const original = Buffer.from(renderScene(scene));
  assert.equal(original.length, 32 * 32 * 3);
  const edits: Partial<Scene>[] = [
    { count: 3 },
    { color: 'red' },
    { subject: 'cat' },
    { background: 'moon' },
    { seed: 8 },
  ];
  for (const edit of edits) assert.ok(!original.equals(renderScene({ ...scene, ...edit })));
});

test('boxes stay inside, below the top row, and at least one pixel apart', () => {
  const rng = random(11);
  for (const { width, height } of SPRITES.values()) {
    const top = Math.max(0, FEET - height);
    for (let trial = 0; trial < 800; trial++) {
      const boxes = placeBoxes(1 + (trial % 4), width, height + 1, top, rng);
      assert.equal(boxes.length, 1 + (trial % 4));
      for (const [i, a] of boxes.entries()) {
        assert.ok(a.x >= 0 && a.y >= top && a.x + width <= SIZE && a.y + height + 1 <= SIZE);
        for (const b of boxes.slice(i + 1)) {
          assert.ok(Math.abs(a.x - b.x) > width || Math.abs(a.y - b.y) > height + 1);
        }
      }
    }
  }
});

test('the whole of every sprite shows: its base tone covers count times the pixels of one', () => {
  const purple = (rgb: Uint8Array) => {
    let pixels = 0;
    for (let i = 0; i < rgb.length; i += 3) if (rgb[i]! > 140 && rgb[i + 1]! < 90 && rgb[i + 2]! > 190) pixels++;
    return pixels;
  };
  for (const [subject, { pixels }] of SPRITES) {
    const base = pixels.filter(({ tone }) => tone === 'base').length;
    for (const background of BACKGROUNDS.keys()) {
      for (const count of [1, 2, 3, 4] as const) {
        assert.equal(purple(renderScene({ count, color: 'purple', subject, background, seed: count })), count * base);
      }
    }
  }
});

test('sampleScene keeps what is asked for and draws the rest', () => {
  const rng = random(2);
  const drawn = Array.from({ length: 200 }, () => sampleScene({ count: 3, subject: 'bird' }, rng));
  assert.ok(drawn.every(({ count, subject }) => count === 3 && subject === 'bird'));
  assert.equal(new Set(drawn.map(({ color }) => color)).size, 6);
  assert.equal(new Set(drawn.map(({ background }) => background)).size, 5);
  assert.equal(new Set(drawn.map(({ seed }) => seed)).size, 200);
  const full = { count: 2, color: 'red', subject: 'cat', background: 'snow' } as const;
  const { seed, ...rest } = sampleScene(full, random(3));
  assert.deepEqual(rest, full);
  assert.equal(seed, sampleScene(full, random(3)).seed);
});

test('what the world cannot draw is refused', () => {
  const refuses = (edit: Partial<Record<keyof Scene, unknown>>, message: RegExp) =>
    assert.throws(
      () => renderScene({ ...scene, ...edit } as Scene),
      (error) => error instanceof CollimateError && error.code === 'PROMPT' && message.test(error.message),
    );
  refuses({ subject: 'horse' }, /the world has no subject "horse"/);
  refuses({ color: 'teal' }, /the world has no color "teal"/);
  refuses({ background: 'desert' }, /the world has no background "desert"/);
  refuses({ count: 5 }, /expected a count of 1 to 4, got 5/);
});
