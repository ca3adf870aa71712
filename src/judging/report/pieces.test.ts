import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workingSeconds } from './collect/cost.ts';
import { thin } from './collect/tuning.ts';
import type { RewardFacts } from './data.ts';
import { change, count, number, percent, points, range, signOf, sureness } from './format.ts';
import { html, raw } from './html.ts';
import { chooseFirst, findChanges } from './sections/before-after.ts';
import { rewardTile } from './sections/reward.ts';
import { table } from './table.ts';

test('html escapes text, keeps pieces, joins lists and leaves nothing out of nothing', () => {
  const evil = '<script>"&\'';
  assert.equal(
    html`<p title="${evil}">${evil}</p>`.html,
    '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
  );
  assert.equal(html`${[html`<i>`, 'a', 1]}${null}${undefined}${false}${0}${raw('<b>')}`.html, '<i>a10<b>');
});

test('figures as people read them', () => {
  assert.equal(percent(0.4251), '42.5\u202f%');
  assert.equal(points(-0.0312), '−3.1 points');
  assert.equal(points(0.187), '+18.7 points');
  assert.equal(change(0.0001), '0.0\u202f%');
  assert.equal(number(-0.001), '0.00');
  assert.equal(count(1234567), '1\u202f234\u202f567');
  assert.equal(range({ estimate: 0, low: -0.012, high: 0.1 }), '−1.2 to 10.0');
  assert.equal(range({ estimate: 0, low: null, high: null }), '–');
  assert.equal(sureness({ estimate: 0, low: -0.012, high: 0.1 }), '95 %: −1.2 to 10.0');
  assert.equal(sureness({ estimate: 0, low: null, high: null }), 'interval cannot be told');
  const signs = [
    [0.1, 0.2],
    [-0.2, -0.1],
    [-0.1, 0.1],
  ].map(([low, high]) => signOf({ estimate: 0, low: low!, high: high! }));
  assert.deepEqual(signs, [1, -1, 0]);
});

test('the tile of the reward says of how many images its accuracy is, and how sure it is', () => {
  const group = {
    ...{ set: 'validation', category: 'all', images: 2, goodShare: 0.5, calibrationError: 0 },
    ...{ accuracy: { reward: 0.5, clip: 0 }, auroc: { reward: null, clip: null } },
  };
  const text = (interval: [number, number] | null) =>
    rewardTile({ groups: [{ ...group, interval }] } as unknown as RewardFacts)!.html.replace(/<[^>]*>/g, ' ');
  assert.match(text(null), /50\.0\u202f%\s+2 images, too few prompts to tell · CLIP score 0\.0\u202f%: \+50\.0 points/);
  assert.match(text([0.41, 0.62]), /2 images, 95 %: 41\.0 to 62\.0 · CLIP/);
});

test('a table heads its columns, rows and groups', () => {
  const rows = [
    { head: 'group', cells: [] },
    { head: 'row', cells: ['1', 'text'] },
    { head: 'other', cells: [] },
  ];
  const { html: text } = table('Caption', ['Name', 'Figure', 'Words'], rows, ['Words']);
  assert.match(text, /<th scope="col">Figure<\/th><th scope="col" class="left">Words<\/th>/);
  assert.match(
    text,
    /<tbody><tr class="group"><th scope="rowgroup" colspan="3">group<\/th><\/tr><tr><th scope="row">row<\/th><td>1<\/td><td class="left">text<\/td><\/tr><\/tbody><tbody>/,
  );
});

test('a long curve is thinned to means', () => {
  const metrics = Array.from({ length: 1000 }, (_, i) => ({
    step: i + 1,
    train_loss: i,
    reward_loss: 1,
    grad_norm: 2,
    learning_rate: 0.1,
    seconds: 1,
  }));
  const curve = thin(metrics);
  assert.equal(curve.length, 59);
  assert.deepEqual(curve[0], { step: 17, train_loss: 8, reward_loss: 1, grad_norm: 2, learning_rate: 0.1 });
  assert.equal(thin(metrics.slice(0, 3)).length, 3);
  const rounds = thin(metrics.map((line) => ({ ...line, mean_reward: line.step / 2 })));
  assert.equal(rounds[0]!.mean_reward, 4.5);
});

test('working time leaves pauses out', () => {
  const at = (seconds: number) => new Date(1e12 + 1000 * seconds).toISOString();
  assert.equal(workingSeconds([at(30), at(0), at(10), at(10), at(5000), at(5020)]), 50);
  assert.equal(workingSeconds([]), 0);
});

test('pictures are chosen by place, not by look', () => {
  const image = (answer: 'good' | 'bad') => ({ hash: answer, seed: 1, answer, reward: null });
  const item = (prompt: string, split: 'seen' | 'unseen', before: ('good' | 'bad')[], after: ('good' | 'bad')[]) => ({
    prompt,
    split,
    category: 'count' as const,
    images: { base: before.map(image), tuned: after.map(image) },
  });
  const items = [
    item('a', 'seen', ['bad'], ['good']),
    item('b', 'unseen', ['bad', 'good'], ['good', 'good']),
    item('c', 'unseen', ['good', 'good'], ['good', 'bad']),
  ];
  assert.deepEqual(
    chooseFirst(items).map(({ prompt }) => prompt),
    ['b', 'c'],
  );
  assert.deepEqual(
    chooseFirst(items.slice(0, 1)).map(({ prompt }) => prompt),
    ['a'],
  );
  const { gained, lost } = findChanges(items, 'tuned');
  assert.deepEqual(gained, [{ item: items[1], place: 0 }]);
  assert.deepEqual(lost, [{ item: items[2], place: 1 }]);
});
