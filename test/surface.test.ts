// What the package exports, as it was recorded: a change of the surface is a change of `test/fixtures/surface.txt`, so that
// nobody takes a name away, or adds one, without seeing it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The names of `export { … } from`, types marked; the file has no other form. */
function listExports(source: string): string[] {
  const plain = source.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  const statements = [...plain.matchAll(/export (type )?\{([^}]*)\} from '[^']+';/g)];
  const rest = statements.reduce((text, [whole]) => text.replace(whole, ''), plain).trim();
  assert.equal(rest, '', 'the surface is named by `export { … } from` alone');
  return statements
    .flatMap(([, type, names]) =>
      names!.split(',').flatMap((each) => {
        const [, own, name] = /^(type )?(?:\w+ as )?(\w+)$/.exec(each.trim()) ?? [];
        return name === undefined ? [] : [`${type || own ? 'type' : 'value'} ${name}`];
      }),
    )
    .sort();
}

test('the package exports what is recorded in test/fixtures/surface.txt', () => {
  const recorded = read('./fixtures/surface.txt').trim().split('\n');
  const exported = listExports(read('../src/index.ts'));
  const missing = recorded.filter((name) => !exported.includes(name));
  const added = exported.filter((name) => !recorded.includes(name));
  assert.deepEqual(
    { missing, added },
    { missing: [], added: [] },
    'Change the file with the surface, and say in CHANGELOG.md what users will notice.',
  );
});
