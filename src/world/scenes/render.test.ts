import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { enumeratePrompts } from '../../project/prompts/enumerate.ts';
import { countsOf, makeSlots } from '../../project/prompts/grammar.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { placeBoxes, scatterBoxes } from './layout.ts';
import { renderScene } from './render.ts';
import { type Scene, sampleScene } from './scene.ts';
import { scenery, secondScenery } from './scenery.ts';

const WORLDS = [scenery, secondScenery];
const scene: Scene = { count: 2, color: 'green', subject: 'dog', background: 'city', seed: 7 };

for (const world of WORLDS) {
  const { grammar, size } = world;
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  const draw = (edit: Partial<Scene> = {}) => renderScene({ ...scene, ...edit }, world);

  test(`${size} pixels: the world can draw every word of its grammar`, () => {
    assert.deepEqual(
      [...world.sprites.keys()].sort(),
      names(grammar.subjects.map(({ singular }) => ({ name: singular }))).sort(),
    );
    assert.deepEqual([...world.colors.keys()].sort(), [...grammar.colors].sort());
    assert.deepEqual([...world.places.keys()].sort(), names(grammar.backgrounds).sort());
  });

  test(`${size} pixels: each part of a scene changes its pixels`, () => {
    const original = Buffer.from(draw());
    assert.equal(original.length, size * size * 3);
    const edits = [{ count: 3 }, { color: 'red' }, { subject: 'cat' }, { background: 'moon' }, { seed: 8 }];
    for (const edit of edits) assert.ok(!original.equals(draw(edit)));
  });

  test(`${size} pixels: boxes stay inside, below the top row, and at least one pixel apart`, () => {
    const rng = random(11);
    const counts = countsOf(grammar);
    for (const { width, height } of world.sprites.values()) {
      const top = Math.max(0, world.feet - height);
      for (let trial = 0; trial < 400; trial++) {
        const count = counts[trial % counts.length]!;
        const boxes = placeBoxes(count, { width, height: height + 1 }, size, top, rng);
        assert.equal(boxes.length, count);
        for (const [i, a] of boxes.entries()) {
          assert.ok(a.x >= 0 && a.y >= top && a.x + width <= size && a.y + height + 1 <= size);
          for (const b of boxes.slice(i + 1)) {
            assert.ok(Math.abs(a.x - b.x) > width || Math.abs(a.y - b.y) > height + 1);
          }
        }
      }
    }
  });

  test(`${size} pixels: the whole of every sprite shows, its base tone count times the pixels of one`, () => {
    const purple = (rgb: Uint8Array) => {
      let pixels = 0;
      for (let i = 0; i < rgb.length; i += 3) if (rgb[i]! > 140 && rgb[i + 1]! < 90 && rgb[i + 2]! > 190) pixels++;
      return pixels;
    };
    for (const [subject, { pixels }] of world.sprites) {
      const base = pixels.filter(({ tone }) => tone === 'base').length;
      for (const background of world.places.keys()) {
        for (const count of countsOf(grammar)) {
          assert.equal(purple(draw({ count, color: 'purple', subject, background, seed: count })), count * base);
        }
      }
    }
  });

  test(`${size} pixels: sampleScene keeps what is asked for and draws the rest`, () => {
    const rng = random(2);
    const drawn = Array.from({ length: 200 }, () => sampleScene({ count: 3, subject: 'bird' }, rng, grammar));
    assert.ok(drawn.every(({ count, subject }) => count === 3 && subject === 'bird'));
    assert.equal(new Set(drawn.map(({ color }) => color)).size, grammar.colors.length);
    assert.equal(new Set(drawn.map(({ background }) => background)).size, grammar.backgrounds.length);
    assert.equal(new Set(drawn.map(({ seed }) => seed)).size, 200);
    const full = makeSlots(2, 'red', 'cat', 'snow');
    const { seed, ...rest } = sampleScene(full, random(3), grammar);
    assert.deepEqual(rest, full);
    assert.equal(seed, sampleScene(full, random(3), grammar).seed);
  });

  test(`${size} pixels: what the world cannot draw is refused`, () => {
    const most = grammar.countWords.length;
    const refuses = (edit: Partial<Record<keyof Scene, unknown>>, message: RegExp) =>
      assert.throws(
        () => draw(edit as Partial<Scene>),
        (error) => error instanceof CollimateError && error.code === 'PROMPT' && message.test(error.message),
      );
    refuses({ subject: 'horse' }, /the world has no subject "horse"/);
    refuses({ color: 'gray' }, /the world has no color "gray"/);
    refuses({ background: 'volcano' }, /the world has no background "volcano"/);
    refuses({ count: most + 1 }, new RegExp(`expected a count of 1 to ${most}, got ${most + 1}`));
  });
}

test('a scene always gives the same bytes, the ones that the shipped models were trained on', () => {
  const digestOf = (world: typeof scenery) => {
    const digest = createHash('sha256');
    for (const [i, slots] of enumeratePrompts('combination', world.grammar).entries())
      digest.update(renderScene(sampleScene(slots, random(i), world.grammar), world));
    return digest.digest('hex').slice(0, 16);
  };
  assert.deepEqual(WORLDS.map(digestOf), ['48f88bb637934cfb', 'e95ac59621ab2fca']);
});

test('crowds of a seed stand where they always stood, and one without room is refused', () => {
  const { sprites, size, feet } = secondScenery;
  const hash = createHash('sha256');
  for (const { width, height } of sprites.values())
    for (let seed = 0; seed < 25; seed++) {
      const rng = random(seed, 'crowds');
      const [count, overlap] = [3 + rng.int(6), rng.int(5)];
      const box = { width, height: height + 1 };
      const points = scatterBoxes(count, box, size, Math.max(0, feet - height), overlap, rng);
      hash.update(JSON.stringify([points, rng.int(2 ** 32)]));
    }
  assert.equal(hash.digest('hex').slice(0, 32), 'b6d3388514c0666beab0055861ae79e3');
  const ask = (count: number, overlap = 0) => scatterBoxes(count, { width: 10, height: 10 }, 32, 2, overlap, random(1));
  assert.equal(ask(4).length, 4);
  assert.throws(() => ask(10), /scene: expected a crowd of at most 9 of 10×10 pixels in 32×30, got 10$/);
  assert.throws(
    () => scatterBoxes(9, { width: 10, height: 10 }, 32, 2, 0, random(1), 20),
    /at most 9 of 10×10 pixels in 32×30, got 9, which fit too closely to be found$/,
  );
  assert.equal(ask(200, 10).length, 200, 'where each may hide another, there is room for all');
});
