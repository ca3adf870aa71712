import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../project/config/config.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { promptId } from '../../project/images/prompts.ts';
import { heldOutTest } from '../../project/prompts/held-out.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { sha256 } from '../../util/hash.ts';
import { choosePrompts } from '../feedback/prompts.ts';
import { createEditor, describeEdits, planEdits } from './edits.ts';

const config = configSchema.parse({ seed: 1 });

function promptOf(text: string, edits?: string[]): Prompt {
  return { id: promptId(text), text, category: 'free', slots: {}, split: 'seen', ...(edits && { edits }) };
}

test('edits of the embedded grammar are what they always were, byte for byte', () => {
  const digests = [0, 1, 7].map((seed) => {
    const own = configSchema.parse({ seed });
    const prompts = choosePrompts(own);
    const refused = new Set(prompts.flatMap(({ split, text }) => (split === 'unseen' ? [text] : [])));
    const edit = createEditor({ config: own, count: 9, refused });
    return sha256(JSON.stringify(prompts.map((prompt) => edit(prompt)?.lists ?? [])));
  });
  assert.deepEqual(digests, [
    'e7133682d80f75e0aeffaaca3286aafcf079a0c1bb2e62683c85b91e2ca8f70f',
    '21ab36998aab2f874db79c34e38f391480a29a49e2dd14e5f0e6b8b83e45195c',
    'ea0ff4712d1e97e7fc364d85446234b43f062c8bbed992152ef145bca7a3f192',
  ]);
});

test('edits differ in one part and are never prompts kept for evaluation', () => {
  const isHeldOut = heldOutTest(splitPrompts());
  const excluded = 'three yellow birds in the snow';
  const edit = createEditor({ config, count: 50, refused: new Set([excluded]) });
  const { lists } = edit(promptOf('two yellow birds in the snow'))!;
  assert.equal(lists.length, 8);
  for (const list of lists) {
    assert.equal(new Set(list).size, list.length);
    assert.ok(list.length > 5 && !list.includes(excluded));
    for (const text of list) {
      const slots = parsePrompt(text);
      assert.ok(!isHeldOut(slots), text);
      const [a, b] = [slots, parsePrompt('two yellow birds in the snow')];
      const keys = ['count', 'color', 'subject', 'background'] as const;
      assert.equal(keys.filter((key) => a[key] !== b[key]).length, 1);
    }
  }
  assert.notDeepEqual(lists[0], lists[1]);
});

test('a plan says how many prompts have edits and by which way, with examples, and where none has any', () => {
  const edit = createEditor({ config, count: 3 });
  const prompts = [
    promptOf('two red dogs'),
    promptOf('an oil painting of two red foxes'),
    promptOf('an astronaut riding a horse', ['an astronaut riding a cow']),
    promptOf('a portrait of a queen'),
  ];
  const { summary, lists, hash } = planEdits(prompts, edit);
  assert.deepEqual(summary.ways, { given: 1, grammar: 1, words: 1 });
  assert.deepEqual([summary.prompts, summary.without, lists.size], [4, 1, 3]);
  assert.deepEqual(summary.examples[0], {
    prompt: 'an astronaut riding a horse',
    edit: 'an astronaut riding a cow',
    way: 'given',
  });
  const [first, ...examples] = describeEdits(summary);
  assert.match(
    first!,
    /3 of 4 prompts have edits \(1 came with them, 1 by the grammar, 1 by words in them\); the other one /,
  );
  assert.equal(examples.length, 3);
  assert.ok(hash !== undefined, 'edits that may change while the answers stay are part of a run');
  assert.equal(planEdits(prompts.slice(0, 1), edit).hash, undefined);
  const none = planEdits([promptOf('a portrait of a queen')], edit);
  assert.equal(none.lists.size, 0);
  assert.match(
    describeEdits(none.summary).join(' '),
    /None of 1 prompt has an edit .* left out\. Give edits in a column/,
  );
});

test('words of a project make edits that nothing else would', () => {
  const own = configSchema.parse({ prompts: { words: { animals: ['horse', 'cow'] } } });
  const edits = createEditor({ config: own, count: 3 })(promptOf('an astronaut riding a horse'));
  assert.deepEqual([edits?.way, edits?.lists[0]], ['words', ['an astronaut riding a cow']]);
});
