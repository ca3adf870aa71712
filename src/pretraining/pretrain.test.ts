import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { embeddedModel } from '../drawing/embedded.ts';
import { parsePrompt } from '../prompts/prompt-text.ts';
import { heldOutTest, splitPrompts } from '../prompts/split.ts';
import { random } from '../util/random.ts';
import { tensorToScene } from '../world/image.ts';
import { cleanExample } from '../world/judge/examples.ts';
import { openJudge } from '../world/judge/judge.ts';
import { JUDGE_CLASSES, JUDGE_HEADS } from '../world/judge/network.ts';
import { CARELESS, samplePair } from './captions.ts';
import { pretrain } from './pretrain.ts';

test('captions are careless at their rates and never of a held-out prompt', () => {
  const heldOut = heldOutTest(splitPrompts());
  const rng = random(1, 'captions');
  const pairs = Array.from({ length: 2000 }, () => samplePair(rng, heldOut, CARELESS));
  const slots = pairs.map(({ caption }) => parsePrompt(caption));
  assert.ok(!slots.some(heldOut));
  const wrongCount = slots.filter(({ count }, i) => count !== pairs[i]!.scene.count).length / pairs.length;
  assert.ok(Math.abs(wrongCount - 0.4) < 0.05, `${wrongCount} of the counts are wrong`);
  const wrongSubject = slots.filter(({ subject }, i) => subject !== pairs[i]!.scene.subject).length / pairs.length;
  assert.ok(Math.abs(wrongSubject - 0.06) < 0.03, `${wrongSubject} of the subjects are wrong`);
});

test('the shipped judge is right about held-out renders', async () => {
  const rng = random(5, 'judge', 'held-out'); // no training stream has this name
  const examples = Array.from({ length: 600 }, () => cleanExample(rng));
  const judge = await openJudge();
  const verdicts = await judge.judge(examples.map(({ pixels }) => tensorToScene(pixels)));
  await judge.dispose();
  for (const head of JUDGE_HEADS) {
    const right = verdicts.filter(
      ({ slots }, i) => String(slots[head]) === JUDGE_CLASSES[head][examples[i]!.labels[head]],
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
