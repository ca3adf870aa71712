import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { endOfTemperatures, fitTemperature, logLoss, lowerBound, temperatureScale, textNorm } from './calibrate.ts';

const near = (value: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(value - expected) < tolerance, `${value} for ${expected}`);

test('textNorm is the softmax of candidate 0', () => {
  near(textNorm([0.9, 0.2, 0.4], 0.5), Math.exp(1.8) / (Math.exp(1.8) + Math.exp(0.4) + Math.exp(0.8)));
  near(textNorm([0.3], 0.1), 1);
  near(textNorm([700, 0], 1), 1); // no overflow
});

test('temperatureScale is ½ at ½, and lowerBound falls with doubt', () => {
  near(temperatureScale(0.5, 0.1), 0.5);
  near(temperatureScale(1, 0.5), 1 / (1 + Math.exp(-1)));
  near(lowerBound(0.8, 0.1, 2), 0.6);
});

test('logLoss is the mean surprise', () => {
  near(
    logLoss([
      { score: 0.8, label: 1 },
      { score: 0.4, label: 0 },
    ]),
    -(Math.log(0.8) + Math.log(0.6)) / 2,
  );
});

test('fitTemperature finds the temperature that labels were drawn with', () => {
  const rng = random(1, 'temperature');
  const items = Array.from({ length: 20_000 }, () => {
    const score = rng.uniform();
    return { score, label: Number(rng.uniform() < temperatureScale(score, 0.2)) };
  });
  const fitted = fitTemperature(items, ({ score }, t) => temperatureScale(score, t));
  near(fitted, 0.2, 0.01);
});

test('a temperature that ends at an end of its range is known as such', () => {
  const fit = (items: readonly { score: number; label: number }[]) =>
    endOfTemperatures(fitTemperature(items, ({ score }, t) => temperatureScale(score, t)));
  const apart = [0.1, 0.2, 0.8, 0.9].map((score) => ({ score, label: Number(score > 0.5) }));
  assert.equal(fit(apart), 'lowest');
  assert.equal(fit(apart.map(({ score, label }) => ({ score, label: 1 - label }))), 'highest');
  assert.equal(fit([...apart, { score: 0.6, label: 0 }, { score: 0.45, label: 1 }]), undefined);
});
