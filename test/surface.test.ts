// What the package exports, as it was recorded: a change of the surface is a change of `test/fixtures/surface.txt`, so that
// nobody takes a name away, or adds one, without seeing it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The names of `export { … } from`, types marked; the file has no other form. */
function listExports(source: string): string[] {
  const plain = source.replace(/^\s*\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
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

/** The names of each entry: those of `collimate` first, then those under `# collimate/engine` and the like. */
function readRecorded(): Map<string, string[]> {
  const [root = '', ...rest] = read('./fixtures/surface.txt').split(/^# /m);
  const parts = rest.map((part) => part.split(/\n(.*)/s) as [string, string]);
  return new Map([['collimate', root] as const, ...parts].map(([name, text]) => [name, text.trim().split('\n')]));
}

/** Every entry of package.json that is code, and what its source exports. */
function readEntries(): Map<string, string[]> {
  const { exports } = JSON.parse(read('../package.json')) as { exports: Record<string, { default?: string }> };
  const files = Object.entries(exports).flatMap(([path, { default: file }]) =>
    file ? [[path.replace(/^\./, 'collimate'), file.replace(/^\.\/dist\/(.*)\.js$/, '../src/$1.ts')] as const] : [],
  );
  return new Map(files.map(([name, file]) => [name, listExports(read(file))]));
}

test('the package exports what is recorded in test/fixtures/surface.txt', () => {
  const [recorded, entries] = [readRecorded(), readEntries()];
  assert.deepEqual([...recorded.keys()].sort(), [...entries.keys()].sort());
  for (const [name, exported] of entries) {
    const known = recorded.get(name)!;
    const missing = known.filter((one) => !exported.includes(one));
    const added = exported.filter((one) => !known.includes(one));
    assert.deepEqual(
      { missing, added },
      { missing: [], added: [] },
      `${name}: change the file with the surface, and say in CHANGELOG.md what users will notice.`,
    );
  }
});

test('whatever `collimate` exports is in one of its parts too', () => {
  const entries = readEntries();
  const parts = [...entries].flatMap(([name, exported]) => (name === 'collimate' ? [] : exported));
  assert.deepEqual(
    entries.get('collimate')!.filter((one) => !parts.includes(one)),
    [],
  );
  const twice = parts.filter((one, i) => parts.indexOf(one) !== i);
  assert.deepEqual(twice, [], 'a name belongs to one part');
});
