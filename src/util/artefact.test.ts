import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readArtefact } from './artefact.ts';
import { CollimateError } from './errors.ts';

test('a file is read where it is what was written, and its damage, version or wrong field is told by the path', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'figures.json');
  const schema = z.looseObject({ version: z.literal(1), rows: z.array(z.looseObject({ share: z.number() })) });
  const read = (text: string) => {
    writeFileSync(path, text);
    try {
      return readArtefact(path, schema, { version: 1, again: 'measure again' });
    } catch (error) {
      assert.ok(error instanceof CollimateError);
      assert.equal(error.code, 'STORAGE');
      return `${error.message.replace(path, 'FILE')} – ${error.hint}`;
    }
  };
  const whole = { version: 1, rows: [{ share: 0.5 }], more: true };
  assert.deepEqual(read(JSON.stringify(whole)), whole);
  assert.match(String(read('{"version":1,"ro')), /^FILE: no whole JSON \(.*\) – Remove it and measure again\.$/);
  assert.match(String(read('{"version":2}')), /^FILE: expected version 1, got 2 – A newer Collimate wrote it/);
  assert.match(String(read('[]')), /^FILE: expected version 1, got none/);
  assert.match(
    String(read('{"version":1,"rows":[{"share":"half"}]}')),
    /^FILE: not what this version writes there \(rows\.0\.share: .*number.*\) – Remove it and measure again\.$/,
  );
});
