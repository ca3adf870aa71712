import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRows } from './describe.ts';
import { measureRows, type ScoredLabel } from './measure.ts';

function image(part: ScoredLabel['part'], category: string, label: 0 | 1, reward: number, clip: number): ScoredLabel {
  return { part, category, promptId: `${part} ${category}`, label, reward, clip };
}

const images = [
  image('train', 'count', 1, 0.9, 0.3),
  image('train', 'count', 0, 0.1, 0.1),
  image('train', 'color', 1, 0.4, 0.5),
  image('unseen', 'count', 1, 0.8, 0.1),
  image('unseen', 'count', 0, 0.3, 0.4),
  image('unseen', 'portrait', 0, 0.7, 0.1),
];

test('rows by part and category; the CLIP threshold comes from the training images alone', () => {
  const { clipThreshold, rows } = measureRows(images);
  assert.equal(clipThreshold, 0.2);
  assert.deepEqual(
    rows.map(({ part, category, images: n }) => [part, category, n]),
    [
      ['train', 'all', 3],
      ['train', 'count', 2],
      ['train', 'color', 1],
      ['unseen', 'all', 3],
      ['unseen', 'count', 2],
      ['unseen', 'portrait', 1],
    ],
  );
  const unseen = rows[3]!;
  assert.equal(unseen.goodShare, 1 / 3);
  assert.equal(unseen.reward.accuracy, 2 / 3);
  assert.equal(unseen.reward.auroc, 1);
  assert.equal(unseen.clip.accuracy, 1 / 3);
  assert.equal(unseen.clip.auroc, 0.25);
  assert.ok(Math.abs(unseen.gain.difference - 1 / 3) < 1e-12);
  assert.ok(Math.abs(unseen.reward.calibrationError - (0.2 + 0.3 + 0.7) / 3) < 1e-12);
  assert.equal(rows[5]!.reward.auroc, undefined);
});

test('a table for a terminal', () => {
  const [, line] = describeRows(measureRows(images).rows.slice(4, 5)).split('\n');
  assert.match(
    line!,
    /^unseen {2}count {2}2 +50\.0 % +100\.0 % +1\.000 +0\.250 +0\.0 % +0\.000 +\+100\.0 +too few prompts to tell$/,
  );
});
