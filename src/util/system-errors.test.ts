import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { explainSystemError } from './system-errors.ts';

test('what the system refuses about a path is told by the path, and everything else is left alone', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'file'), '');
  mkdirSync(join(dir, 'folder'));
  const explain = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return explainSystemError(error)?.message.replace(dir, '');
    }
    return 'nothing was thrown';
  };
  assert.equal(
    explain(() => readFileSync(join(dir, 'none'))),
    '/none: there is no such file or folder',
  );
  assert.equal(
    explain(() => readdirSync(join(dir, 'file'))),
    '/file: a file lies where a folder was expected',
  );
  assert.equal(
    explain(() => mkdirSync(join(dir, 'folder'))),
    '/folder: something of this name is there already',
  );
  assert.equal(
    explain(() => JSON.parse('{')),
    undefined,
  );
  assert.equal(explainSystemError('text'), undefined);
  for (const text of ['no such column: i.seed', 'column "seed" of relation "images" does not exist'])
    assert.match(explainSystemError(new Error(text))!.message, /^the tables of the database are not those/);
});
