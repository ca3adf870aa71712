import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { resolveModel } from '../../models/inference/embedded.ts';
import { countsOf } from '../../project/prompts/grammar.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { random } from '../../util/random.ts';
import { FAULTS, FIRST_FAULTS, sampleCounts, samplePair } from './captions.ts';
import { pretrain } from './pretrain.ts';
import { firstRecipe, secondRecipe } from './recipe.ts';

const RECIPES = { first: firstRecipe(), over: secondRecipe('over'), both: secondRecipe('both') };

for (const [name, { captioning, scenery }] of Object.entries(RECIPES)) {
  const { grammar, faults, heldOut } = captioning;

  test(`${name}: captions are careless at their rates`, () => {
    const rng = random(1, 'captions');
    const pairs = Array.from({ length: 2000 }, () => samplePair(captioning, rng));
    const slots = pairs.map(({ caption }) => parsePrompt(caption, grammar));
    const most = countsOf(grammar).length;
    const more = pairs.map(({ scene }, i) => slots[i]!.count - scene.count);
    assert.ok(more.every((count) => Math.abs(count) <= 1));
    const share = (list: readonly number[], value: number) => list.filter((x) => x === value).length / list.length;
    const over = share(
      more.filter((_, i) => pairs[i]!.scene.count < most),
      1,
    );
    const under = share(
      more.filter((_, i) => pairs[i]!.scene.count > 1),
      -1,
    );
    assert.ok(Math.abs(over - faults.overstated) < 0.05, `${over} of the counts are one too many`);
    assert.ok(Math.abs(under - faults.understated) < 0.05, `${under} of the counts are one too few`);
    const wrongSubject = slots.filter(({ subject }, i) => subject !== pairs[i]!.scene.subject).length / pairs.length;
    assert.ok(Math.abs(wrongSubject - faults.subject) < 0.02, `${wrongSubject} of the subjects are wrong`);
  });

  test(`${name}: none of 10,000 captions, of pairs or of groups of counts, is held out`, () => {
    const rng = random(2, 'captions');
    const counts = countsOf(grammar).length;
    const pairs = Array.from({ length: 5000 }, () => samplePair(captioning, rng));
    const groups = Array.from({ length: Math.ceil(5000 / counts) }, () => sampleCounts(captioning, rng)).flat();
    const captions = [...pairs, ...groups].map(({ caption }) => parsePrompt(caption, grammar));
    assert.ok(captions.length >= 10_000);
    assert.equal(captions.filter(heldOut).length, 0);
    // Whatever the seed of a project, all that it develops with and is tested on is held out.
    for (const seed of [0, 1, 2]) {
      const { unseen, development = {} } = splitPrompts({ grammar, ...(grammar.heldOut?.pool && { seed }) });
      assert.ok([...Object.values(unseen), ...Object.values(development)].flat().every(heldOut));
    }
  });

  test(`${name}: sampleCounts gives one scene of each count, alike in all else`, () => {
    const pairs = sampleCounts(captioning, random(2, 'counts'));
    assert.deepEqual(
      pairs.map(({ scene }) => scene.count),
      countsOf(scenery.grammar),
    );
    const kinds = new Set(pairs.map(({ scene }) => `${scene.color} ${scene.subject} ${scene.background}`));
    assert.equal(kinds.size, 1);
  });
}

test('the faults have names, and the first world counts one too many alone', () => {
  assert.deepEqual([FAULTS.over.understated, FIRST_FAULTS.understated], [0, 0]);
  assert.ok(FAULTS.both.overstated > 0 && FAULTS.both.understated > 0);
});

test('training again with the same seed gives the same judges, and ships them in half precision', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'pretrain-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const run = (name: string) =>
    pretrain({
      out: join(dir, name),
      work: join(dir, name, 'work'),
      world: 'embedded-2',
      seed: 4,
      stages: ['judge-2'],
      steps: 2,
      threads: 1,
    });
  await run('a');
  const summary = await run('b');
  const file = (name: string) => readFileSync(join(dir, name, 'judge-2', 'model.safetensors'));
  assert.deepEqual(file('a'), file('b'));
  assert.ok(existsSync(join(dir, 'a', 'pretraining.json')));
  assert.equal(summary.stages['judge-2']?.steps, 2);
});

test('a second cycle of the U-Net starts from the published weights and takes their place', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'pretrain-'));
  t.after(() => rmSync(dir, { recursive: true }));
  cpSync(resolveModel('embedded-2'), join(dir, 'sd'), { recursive: true });
  const unet = join(dir, 'sd', 'unet');
  const text = join(dir, 'sd', 'text_encoder');
  const [before, words] = [readParameters(unet), readParameters(text)];
  const options = { out: dir, work: join(dir, 'work'), world: 'embedded-2', seed: 4, steps: 2, threads: 1 } as const;
  const earlier = { steps: 9, batch: 16, learningRate: 1e-3, seed: 3, seconds: 1, loss: 0.5 };
  writeFileSync(join(dir, 'pretraining.json'), JSON.stringify({ seed: 3, stages: { 'unet-again': earlier } }));
  const { stages } = await pretrain({ ...options, stages: ['unet-again'] });
  const { seed, settings, before: cycles } = stages['unet-again']!;
  assert.deepEqual([seed, cycles], [4, [earlier]], 'its own seed, and the cycle before it');
  assert.deepEqual([settings!.prediction, settings!.textLearns], ['v_prediction', true]);
  const scheduler = JSON.parse(readFileSync(join(dir, 'sd', 'scheduler', 'scheduler_config.json'), 'utf8'));
  assert.equal(scheduler.prediction_type, 'v_prediction');
  const learned = readParameters(text);
  const isMoved = ([name, { data }]: [string, { data: ArrayLike<number> }]) =>
    Array.from(data).some((x, i) => x !== learned.get(name)!.data[i]);
  assert.ok([...words].some(isMoved), 'the text encoder learns along');
  const after = readParameters(unet);
  const moves = [...before].map(([name, { data }]) =>
    data.reduce((most: number, x: number, i: number) => Math.max(most, Math.abs(x - after.get(name)!.data[i]!)), 0),
  );
  assert.ok(moves.some((move) => move > 0));
  const path = join(dir, 'sd', 'scheduler', 'scheduler_config.json');
  writeFileSync(path, JSON.stringify({ ...scheduler, prediction_type: 'epsilon' }));
  await assert.rejects(pretrain({ ...options, stages: ['unet-again'] }), { code: 'MISMATCH', hint: /--only unet/ });
  // Two steps of the warm-up: as near as this nothing comes that starts at random.
  assert.ok(Math.max(...moves) < 1e-3, String(Math.max(...moves)));
});
