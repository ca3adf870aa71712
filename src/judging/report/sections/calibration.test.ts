import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureCalibration } from '../../../method/reward/measure-calibration.ts';
import { calibrationPart } from './calibration.ts';

test('each reading has its points on the diagram and its error in the table', () => {
  const image = (part: 'validation' | 'unseen', label: 0 | 1, own: number, other: number) => ({
    part,
    label,
    scores: [own, other],
    spread: 0.1,
  });
  const images = [
    image('validation', 1, 0.9, 0.2),
    image('validation', 0, 0.2, 0.6),
    image('validation', 0, 0.7, 0.6),
    image('unseen', 1, 0.95, 0.1),
    image('unseen', 0, 0.15, 0.4),
  ];
  const report = measureCalibration(images, 3)!;
  const { html } = calibrationPart(report);
  const [score] = report.figures;
  // |0.95 − 1| and |0.15 − 0| with a half each.
  assert.ok(Math.abs(score!.calibrationError - 0.1) < 1e-12);
  assert.match(html, /<th scope="row">score itself<\/th><td>0\.100<\/td>/);
  assert.match(html, /score itself: 0 at probability of good 0\.15, 1 at 0\.95\./);
  assert.equal(html.match(/<polyline class="c-/g)!.length, 3);
  assert.match(html, /over 2 rated images of unseen prompts/);
  assert.match(html, /differ by 0\.10 on average/);
  assert.doesNotMatch(html, /that is tried/);
  const flat = calibrationPart({ ...report, temperatures: { scores: 0.2, textNorm: 100 } }).html;
  assert.match(flat, /<strong>τ of TextNorm = 100 is the highest that is tried: the scores tell nothing/);
  const { doubt: _doubt, ...single } = report;
  assert.doesNotMatch(calibrationPart({ ...single, part: 'validation' }).html, /ensemble/);
});
