import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalCdf, studentCentral, studentQuantile } from './student.ts';

test('normalCdf at tabled points', () => {
  assert.ok(Math.abs(normalCdf(1.959964) - 0.975) < 1e-6);
  assert.ok(Math.abs(normalCdf(-1) - 0.158655) < 1e-6);
  assert.ok(Math.abs(normalCdf(0) - 0.5) < 1e-6);
});

test('studentQuantile gives the tabled 95 % points', () => {
  const table: [number, number][] = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [9, 2.262],
    [10, 2.228],
    [30, 2.042],
    [1000, 1.962],
  ];
  for (const [freedom, expected] of table) assert.ok(Math.abs(studentQuantile(0.95, freedom) - expected) < 6e-4);
  assert.ok(Math.abs(studentCentral(1, 1) - 0.5) < 1e-12); // Cauchy: half of it lies within 1
});
