import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePythonJson, stringifyPythonJson } from './python-json.ts';

test('numbers that only Python writes are read and written, and words in strings left alone', () => {
  const text = '{"a":-Infinity,"b":[Infinity,1],"c":"-Infinity and \\"NaN\\"","d":null}';
  const value = { a: -Infinity, b: [Infinity, 1], c: '-Infinity and "NaN"', d: null };
  assert.deepEqual(parsePythonJson(text), value);
  assert.equal(stringifyPythonJson(value), text);
  assert.deepEqual(parsePythonJson('[NaN]'), [null]);
  assert.throws(() => parsePythonJson('{"a":'), SyntaxError);
  assert.throws(() => parsePythonJson('{"a": -Infinit}'), SyntaxError);
});
