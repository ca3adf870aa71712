import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { random } from '../../util/random.ts';
import { renderScene } from '../scenes/render.ts';
import type { Seen } from '../world.ts';
import { JUDGE_HEADS } from './classes.ts';
import { answerFor, openJudge } from './judge.ts';

const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const { judge: folder } = makeTinyPipeline(dir, 1);

test('answerFor: one wrong part is bad, an unclear one unclear, and free parts may be anything', () => {
  const seen: Seen['parts'] = { count: 2, color: 'green', subject: 'dog', background: null };
  const answer = (asked: Record<string, unknown>, parts: Seen['parts'] = seen) => answerFor(asked, { parts });
  assert.equal(answer({ count: 2, color: 'green', subject: 'dog' }), 'good');
  assert.equal(answer({ count: 2, subject: 'dog' }), 'good');
  assert.equal(answer({ count: 3, subject: 'dog' }), 'bad');
  assert.equal(answer({ count: 2, subject: 'dog', background: 'city' }), 'unclear');
  assert.equal(answer({ count: 1, subject: 'dog', background: 'city' }), 'bad');
  assert.equal(answer({ count: 2, subject: 'dog' }, { ...seen, subject: null }), 'unclear');
  assert.throws(() => answer({}), { code: 'USAGE', message: /names none of its parts/ });
});

test('answerFor: with a surety, chances of what is asked for decide, and what is not to be read is never bad', () => {
  const answer = (chances: Record<string, number>) =>
    answerFor(
      { subject: 'dog' },
      { parts: { subject: 'dog' }, chances: { subject: chances } },
      { good: 0.6, bad: 0.2 },
    );
  assert.equal(answer({ dog: 0.6, cat: 0.4 }), 'good');
  assert.equal(answer({ dog: 0.59, cat: 0.41 }), 'unclear');
  assert.equal(answer({ dog: 0.2, cat: 0.8 }), 'unclear');
  assert.equal(answer({ dog: 0.19, cat: 0.3, fish: 0.3, unclear: 0.21 }), 'bad');
  assert.equal(answer({ dog: 0.1, cat: 0.4, unclear: 0.5 }), 'unclear');
});

test('verdicts do not depend on what is judged beside, and have features and confidences', async () => {
  const judge = await openJudge(folder);
  const rng = random(1, 'scenes');
  const scene = () => ({ count: 2 as const, color: 'red', subject: 'cat', background: 'moon', seed: rng.int(1e6) });
  const pictures = Array.from({ length: 35 }, () => renderScene(scene()));
  const verdicts = await judge.judge(pictures);
  assert.equal(verdicts.length, 35);
  const [alone] = await judge.judge([pictures[34]!]);
  assert.deepEqual(alone!.parts, verdicts[34]!.parts);
  alone!.features.forEach((value, i) => void assert.ok(Math.abs(value - verdicts[34]!.features[i]!) < 1e-5));
  for (const { features, parts, confidence } of verdicts) {
    assert.equal(features.length, 96);
    for (const head of JUDGE_HEADS) {
      assert.ok(confidence[head]! > 0 && confidence[head]! <= 1);
      if (parts[head] !== null) assert.ok(confidence[head]! >= 0.5);
    }
  }
  assert.deepEqual(await judge.judge([]), []);
  await assert.rejects(judge.judge([new Uint8Array(27)]), {
    code: 'SHAPE',
    message: /32×32 RGB pixels, 3072 bytes, got 27/,
  });
  await judge.dispose();
});

test('a judge without weights is refused', async () => {
  const bare = join(dir, 'bare');
  cpSync(folder, bare, { recursive: true });
  rmSync(join(bare, 'model.safetensors'));
  await assert.rejects(openJudge(bare), { code: 'WEIGHTS' });
});
