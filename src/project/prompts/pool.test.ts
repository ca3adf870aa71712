import assert from 'node:assert/strict';
import { test } from 'node:test';
import { categoriesOf } from './grammar.ts';
import { poolTest } from './pool.ts';
import { formatPrompt } from './prompt-text.ts';
import { splitPrompts } from './split.ts';
import { secondGrammar as grammar } from './world-grammar.ts';

const textsOf = (pool: ReturnType<typeof splitPrompts>['seen']) =>
  Object.values(pool).flatMap((prompts) => prompts.map((slots) => formatPrompt(slots, grammar)));

test('the pool is the same for every seed, and development and test prompts never meet', () => {
  const [a, b] = [splitPrompts({ grammar, seed: 1 }), splitPrompts({ grammar, seed: 2 })];
  assert.deepEqual([a.unseen, a.development], [b.unseen, b.development]);
  const [seen, development, unseen] = [a.seen, a.development!, a.unseen].map(textsOf) as [string[], string[], string[]];
  assert.equal(new Set([...seen, ...development, ...unseen]).size, seen.length + development.length + unseen.length);
  assert.ok([...development, ...unseen].length > 1000 && seen.length > 1000, 'hundreds of prompts a split');
  const sizes = categoriesOf(grammar).map((category) => a.unseen[category]!.length);
  assert.deepEqual(sizes, [12, 22, 19, 864]);
});

test('the seed draws whole objects that no seen prompt names; the pool alone is kept from the models', () => {
  const [a, b] = [splitPrompts({ grammar, seed: 1 }), splitPrompts({ grammar, seed: 2 })];
  assert.equal(a.heldOutSubjects.size, 3);
  assert.notDeepEqual(a.heldOutSubjects, b.heldOutSubjects);
  const isPool = poolTest(grammar);
  for (const { seen, unseen, development, heldOutSubjects } of [a, b]) {
    assert.ok(
      Object.values(seen)
        .flat()
        .every((slots) => !heldOutSubjects.has(slots.subject) && !isPool(slots)),
    );
    const kept = [...Object.values(unseen), ...Object.values(development!)].flat();
    assert.ok(kept.every(isPool));
    assert.ok(
      kept.some(({ subject }) => heldOutSubjects.has(subject)) &&
        kept.some(({ subject }) => !heldOutSubjects.has(subject)),
    );
  }
});

test('each subject has one color that no prompt outside of the pool pairs it with', () => {
  const { heldOutPairings } = splitPrompts({ grammar, seed: 1 });
  const isPool = poolTest(grammar);
  const colors = heldOutPairings.get('color')!;
  assert.equal(colors.size, grammar.subjects.length);
  for (const [subject, color] of colors) assert.ok(isPool({ count: 2, color: String(color), subject }));
});
