import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { editPrompts } from './edits.ts';
import { enumeratePrompts } from './enumerate.ts';
import type { SlotName, Slots } from './grammar.ts';
import { CATEGORIES } from './grammar.ts';
import { heldOutTest } from './held-out.ts';
import { formatPrompt, parsePrompt } from './prompt-text.ts';
import { splitPrompts } from './split.ts';

const PARTS: readonly SlotName[] = ['count', 'color', 'subject', 'background'];
const changed = (a: Slots, b: Slots) => PARTS.filter((part) => a[part] !== b[part]);

test('every edit of every prompt changes exactly one part that the prompt names', () => {
  for (const slots of CATEGORIES.flatMap((category) => enumeratePrompts(category))) {
    const edits = editPrompts(slots, 100, random(5, formatPrompt(slots)));
    const expected = 3 + 5 + (slots.color === undefined ? 0 : 5) + (slots.background === undefined ? 0 : 4);
    assert.equal(new Set(edits.map((edit) => formatPrompt(edit))).size, expected);
    for (const edit of edits) {
      const parts = changed(slots, edit);
      assert.equal(parts.length, 1);
      assert.notEqual(slots[parts[0]!], undefined);
      assert.deepEqual(parsePrompt(formatPrompt(edit)), edit);
    }
  }
});

test('few edits cover every part, and the stream decides which', () => {
  const slots: Slots = { count: 2, color: 'green', subject: 'dog', background: 'city' };
  for (let seed = 0; seed < 20; seed++) {
    const edits = editPrompts(slots, 4, random(seed));
    assert.deepEqual(new Set(edits.flatMap((edit) => changed(slots, edit))), new Set(PARTS));
    assert.deepEqual(editPrompts(slots, 4, random(seed)), edits);
  }
  assert.notDeepEqual(editPrompts(slots, 4, random(1)), editPrompts(slots, 4, random(2)));
  assert.deepEqual(editPrompts(slots, 0, random(1)), []);
});

test('accept keeps held-out prompts away from the edits', () => {
  const split = splitPrompts();
  const heldOut = heldOutTest(split);
  const heldOutColors = split.heldOutPairings.get('color')!;
  for (const slots of split.seen.combination!) {
    const edits = editPrompts(slots, 100, random(3), { accept: (edit) => !heldOut(edit) });
    assert.ok(edits.length >= 4 && edits.length < 18);
    assert.ok(edits.every((edit) => heldOutColors.get(edit.subject) !== edit.color));
  }
});
