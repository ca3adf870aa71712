import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartCharts } from './frame.ts';
import { intervalChart } from './interval-chart.ts';
import { placeLabels } from './labels.ts';
import { lineChart } from './line-chart.ts';
import { extent, linearScale, niceTicks } from './scale.ts';
import { scatter } from './scatter.ts';
import { shareBars } from './share-bars.ts';

test('niceTicks are round and cover the domain', () => {
  assert.deepEqual(niceTicks(0, 0.87), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(niceTicks(0, 300), [0, 100, 200, 300]);
  assert.deepEqual(niceTicks(-3, 8), [-5, 0, 5, 10]);
  assert.deepEqual(niceTicks(0, 10), [0, 5, 10]);
  assert.deepEqual(niceTicks(2, 2, 3), [2, 3]);
});

test('scales and extents', () => {
  const scale = linearScale([0, 10], [100, 0]);
  assert.deepEqual([0, 5, 10].map(scale), [100, 50, 0]);
  assert.equal(linearScale([1, 1], [0, 10])(1), 5);
  assert.deepEqual(extent([3, -1, 2]), [-1, 3]);
  assert.deepEqual(extent([]), [0, 1]);
});

test('a line goes through the places of its points and is told in words', () => {
  restartCharts();
  const { html } = lineChart({
    title: 'Loss',
    lines: [
      {
        name: 'whole',
        color: 'c-tuned',
        points: [
          [0, 1],
          [100, 0],
        ],
      },
    ],
    x: { label: 'step' },
    y: { label: 'error' },
  });
  assert.match(html, /<polyline class="c-tuned line" points="44,12 340,180"\/>/);
  assert.match(html, /whole: 1 at step 0, 0 at 100\./);
  assert.match(html, /role="img" viewBox="0 0 360 220" aria-labelledby="chart-1-t chart-1-d"/);
});

test('whiskers span the interval, and are left out where it is not known', () => {
  const known = { estimate: 0.5, low: 0.25, high: 0.75 };
  const options = { title: 't', label: 'l', domain: [0, 1], format: String } as const;
  const chart = intervalChart({
    ...options,
    rows: ['a', 'b'],
    series: [{ name: 's', color: 'c-base', values: [known, { ...known, low: null, high: null }] }],
  });
  assert.equal(chart.html.match(/whisker/g)?.length, 1);
  assert.match(chart.html, /class="c-base whisker" x1="153.5" x2="276.5"/); // 92 to 338 is 0 to 1
});

test('labels keep off each other and off the points', () => {
  const frame = { left: 0, right: 300, top: 0, bottom: 200 };
  const at = (x: number, y: number, name = 'base') => ({ name, x, y, reach: 0 });
  assert.equal(placeLabels([at(100, 100)], frame)[0]!.anchor, 'start');
  assert.equal(placeLabels([at(290, 100)], frame)[0]!.anchor, 'end');
  const [first, second] = placeLabels([at(100, 100), at(120, 100)], frame);
  assert.equal(first!.anchor, 'end');
  assert.equal(second!.anchor, 'start');
});

test('bars are as long as their shares; points carry names that cannot break the page', () => {
  const parts = [
    { name: 'good', value: 3, color: 'c-good' },
    { name: 'bad', value: 1, color: 'c-bad' },
  ];
  const bars = shareBars('Answers', [{ name: 'count', parts }]).html;
  assert.match(bars, /c-good bar" x="96" y="7" width="188"/); // 252 × 3/4, less the gap
  assert.match(bars, /count: 3 good, 1 bad\./);
  const points = [{ name: '<b>', color: 'c-base', x: 1, y: 2 }];
  const { html } = scatter({
    title: 't',
    points,
    x: { label: 'x' },
    y: { label: 'y' },
    reference: { y: 1, name: 'renders' },
  });
  assert.match(html, /&lt;b&gt;<\/text>/);
  assert.ok(!html.includes('<b><'));
});

test('a point has a whisker over its interval, and none where there is no interval', () => {
  const draw = (range: { estimate: number; low: number | null; high: number | null }) =>
    scatter({
      title: 't',
      points: [{ name: 'a', color: 'c-base', x: range.estimate, y: 2, range }],
      x: { label: 'x' },
      y: { label: 'y' },
    }).html;
  const [, x1, x2] = /whisker" x1="([\d.]+)" x2="([\d.]+)"/.exec(draw({ estimate: 0.5, low: 0.4, high: 0.7 }))!;
  const at = Number(/<circle[^>]* cx="([\d.]+)"/.exec(draw({ estimate: 0.5, low: 0.4, high: 0.7 }))![1]);
  assert.ok(Math.abs((Number(x2) - at) / (at - Number(x1)) - 2) < 0.05, `${x1} ${at} ${x2}`);
  assert.doesNotMatch(draw({ estimate: 0.5, low: null, high: null }), /whisker/);
});
