import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { embeddedModel } from '../../models/inference/embedded.ts';
import { tensorToScene } from '../../pictures/image.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { heldOutTest, splitPrompts } from '../../project/prompts/split.ts';
import { random } from '../../util/random.ts';
import { cleanExample } from '../judge/examples.ts';
import { openJudge } from '../judge/judge.ts';
import { JUDGE_CLASSES, JUDGE_HEADS } from '../judge/network.ts';
import { CARELESS, sampleCounts, samplePair } from './captions.ts';
import { pretrain } from './pretrain.ts';

test('captions are careless at their rates and never of a held-out prompt', () => {
  const heldOut = heldOutTest(splitPrompts());
  const rng = random(1, 'captions');
  const pairs = Array.from({ length: 2000 }, () => samplePair(rng, heldOut));
  const slots = pairs.map(({ caption }) => parsePrompt(caption));
  assert.ok(!slots.some(heldOut));
  const few = pairs.map(({ scene }, i) => slots[i]!.count - scene.count).filter((_, i) => pairs[i]!.scene.count < 4);
  assert.ok(few.every((more) => more === 0 || more === 1));
  const overstated = few.filter((more) => more === 1).length / few.length;
  assert.ok(Math.abs(overstated - CARELESS.overstated) < 0.05, `${overstated} of the counts are one too many`);
  const wrongSubject = slots.filter(({ subject }, i) => subject !== pairs[i]!.scene.subject).length / pairs.length;
  assert.ok(Math.abs(wrongSubject - CARELESS.subject) < 0.02, `${wrongSubject} of the subjects are wrong`);
});

test('sampleCounts gives one scene of each count, alike in all else', () => {
  const pairs = sampleCounts(random(2, 'counts'));
  assert.deepEqual(
    pairs.map(({ scene }) => scene.count),
    [1, 2, 3, 4],
  );
  const kinds = new Set(pairs.map(({ scene }) => `${scene.color} ${scene.subject} ${scene.background}`));
  assert.equal(kinds.size, 1);
});

test('the shipped judge is right about held-out renders', async () => {
  const rng = random(5, 'judge', 'held-out'); // no training stream has this name
  const examples = Array.from({ length: 600 }, () => cleanExample(rng));
  const judge = await openJudge();
  const verdicts = await judge.judge(examples.map(({ pixels }) => tensorToScene(pixels)));
  await judge.dispose();
  for (const head of JUDGE_HEADS) {
    const right = verdicts.filter(
      ({ parts }, i) => String(parts[head]) === JUDGE_CLASSES[head][examples[i]!.labels[head]],
    );
    assert.ok(right.length >= 0.99 * examples.length, `${head}: ${right.length} of ${examples.length}`);
  }
});

test('training again with the same seed gives the same judge, and ships it in half precision', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'pretrain-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const run = (name: string) =>
    pretrain({ out: join(dir, name), work: join(dir, name, 'work'), seed: 4, stages: ['judge'], steps: 2, threads: 1 });
  await run('a');
  await run('b');
  const file = (name: string) => readFileSync(join(dir, name, 'judge', 'model.safetensors'));
  assert.deepEqual(file('a'), file('b'));
  assert.ok(existsSync(join(dir, 'a', 'pretraining.json')));
  assert.equal(file('a').length, readFileSync(join(embeddedModel('judge'), 'model.safetensors')).length);
});
