import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sayAction, sayDetail } from './audit-words.ts';

test('every action that is recorded has words, and details are read without braces', () => {
  const src = fileURLToPath(new URL('../../../../src', import.meta.url));
  const actions = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(src, name), 'utf8').matchAll(/\baction: '(\w+\.[\w-]+)'/g)])
    .map(([, action]) => action!);
  assert.ok(actions.length > 30, `${actions.length} actions`);
  assert.deepEqual(
    actions.filter((action) => sayAction(action) === action),
    [],
  );
  assert.equal(sayDetail({ role: 'rater', usesLeft: 1, of: [2] }), 'role rater, uses left 1, of [2]');
  assert.match(sayDetail({ expiresAt: '2026-12-03T11:07:52.172Z', by: null }), /^expires at 3 Dec 2026, \d\d:07$/);
});
