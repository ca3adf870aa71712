import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddedModel } from '../../models/inference/embedded.ts';
import { openPromptReader } from '../../models/inference/prompt-reader.ts';
import { importPrompts, promptId } from '../../project/images/prompts.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { describeLongPrompts, findLongPrompts, openProjectReader } from '../long-prompts.ts';
import { generateImages } from './generate.ts';
import { makeTinyProject, quietProgress } from './testing.ts';

const LONG = 'two green dogs in a city two green dogs in a city two green dogs in a city';

test('a prompt is cut where its model stops reading, and both parts make up the whole', () => {
  const reader = openPromptReader(embeddedModel('sd'))!;
  assert.equal(reader.limit, 16);
  assert.equal(reader.cut('two green dogs in a city'), undefined);
  const { kept, lost, tokens } = reader.cut(LONG)!;
  assert.equal(tokens, 18 + 2);
  assert.equal(kept + lost, LONG);
  assert.equal(kept.trim(), 'two green dogs in a city two green dogs in a city two green');
  assert.equal(reader.cut(kept), undefined, 'what is kept is read to its end');
});

test('long prompts are counted once each, with examples', () => {
  const reader = openPromptReader(embeddedModel('sd'));
  const texts = [LONG, LONG, 'a red cat', ...Array.from({ length: 4 }, (_, i) => `${LONG} ${'dogs '.repeat(i + 1)}`)];
  const long = findLongPrompts(reader, texts)!;
  assert.deepEqual([long.prompts, long.long, long.examples.length], [6, 5, 3]);
  const lines = describeLongPrompts(long);
  assert.match(lines[0]!, /5 of 6 prompts are longer than the model reads \(16 tokens/);
  assert.match(lines[1]!, /20 tokens: ".*two green" \| "dogs in a city"/);
  assert.equal(lines.at(-1), '  and 2 more');
  assert.equal(findLongPrompts(reader, ['a red cat']), undefined);
  assert.equal(findLongPrompts(undefined, texts), undefined);
});

test('generate says which prompts it draws are cut, and a project without its model says nothing', async (t) => {
  const { project } = await makeTinyProject(makeTemporaryDir(t), { generate: { imagesPerPrompt: 1, steps: 2 } });
  t.after(() => project.close());
  await importPrompts(project.db, [{ id: promptId(LONG), text: LONG, category: 'free', slots: {}, split: 'seen' }]);
  const notes: string[] = [];
  const progress = { ...quietProgress(), note: (line: string) => void notes.push(line) };
  const { signal } = new AbortController();
  await generateImages({ project, world: openWorld({ world: 'embedded' }), progress, signal });
  assert.match(notes.join('\n'), /1 of 7 prompts is longer than the model reads \(16 tokens/);
  const away = { dir: project.dir, config: { ...project.config, model: 'nowhere' } };
  assert.equal(openProjectReader(away), undefined);
});
