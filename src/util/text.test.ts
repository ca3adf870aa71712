import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalJson, hashJson, sha256, sha256File, sha256Folder } from './hash.ts';
import { findNearest, formatBytes, formatDuration, formatNumber, formatTable } from './text.ts';

test('text for people', () => {
  assert.equal(findNearest('lerningRate', ['learningRate', 'lambda']), 'learningRate');
  assert.equal(findNearest('zebra', ['learningRate', 'lambda']), undefined);
  assert.deepEqual([3, 42.4, 61, 3725, Number.POSITIVE_INFINITY].map(formatDuration), [
    '3.0s',
    '42s',
    '1m 01s',
    '1h 02m',
    '?',
  ]);
  assert.deepEqual([12, 2048, 3 * 1024 ** 3].map(formatBytes), ['12 B', '2.0 KiB', '3.0 GiB']);
  assert.deepEqual([12345, 0.123456, 1e-5].map(formatNumber), ['12345', '0.1235', '0.00001']);
  assert.equal(
    formatTable([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
    'a    bb\nccc  d',
  );
  const long = 'x'.repeat(65);
  assert.equal(
    formatTable([
      [long, 'b'],
      ['cc', 'd'],
    ]),
    `${long}  b\ncc  d`,
    'one long cell does not push all others apart',
  );
});

test('equal content has equal names', (t) => {
  assert.equal(canonicalJson({ b: 1, a: [2, { d: 3, c: 4 }] }), '{"a":[2,{"c":4,"d":3}],"b":1}');
  assert.equal(hashJson({ a: 1, b: 2 }), hashJson({ b: 2, a: 1 }));
  const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const name of ['one', 'two']) {
    mkdirSync(join(dir, name, 'unet'), { recursive: true });
    writeFileSync(join(dir, name, 'unet/config.json'), '{}');
  }
  assert.equal(sha256File(join(dir, 'one/unet/config.json')), sha256('{}'));
  assert.equal(sha256Folder(join(dir, 'one')), sha256Folder(join(dir, 'two')));
  writeFileSync(join(dir, 'two/unet/config.json'), '{ }');
  assert.notEqual(sha256Folder(join(dir, 'one')), sha256Folder(join(dir, 'two')));
});
