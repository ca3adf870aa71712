import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodePng } from '../../pictures/image.ts';
import { listImages } from '../../project/images/images.ts';
import { insertPrompts } from '../../project/images/prompts.ts';
import { createProject } from '../../project/project.ts';
import { findStudy, listStudyPairs } from '../../project/studies/studies.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { makeSession } from '../evaluation/testing.ts';
import { collectVerdict } from './collect.ts';
import { makePairStudy, PAIRS_FILE, type PairFolder, readPairFolder } from './pair-folder.ts';
import { simulateStudy } from './simulate.ts';

const SHIPPED = fileURLToPath(new URL('../../../docs/human-study/pairs', import.meta.url));

test('the pairs that ship are whole, small, of unseen prompts, and each a pair of different pictures', () => {
  const { pairs } = readPairFolder(SHIPPED);
  const files = pairs.flatMap((pair) => pair.files);
  assert.deepEqual(readdirSync(SHIPPED).sort(), [...files, PAIRS_FILE].sort());
  const bytes = readdirSync(SHIPPED).reduce((sum, file) => sum + statSync(join(SHIPPED, file)).size, 0);
  assert.ok(bytes <= 300_000, `${bytes} bytes`);
  assert.ok(pairs.length >= 38 && pairs.every(({ split }) => split === 'unseen'));
  for (const { files } of pairs) {
    const [own, other] = files.map((file) => readFileSync(join(SHIPPED, file)));
    assert.ok(!own!.equals(other!));
  }
});

test('an evening by simulated raters: nine answers a pair, one registration, a verdict that holds to it', async (t) => {
  const project = await createProject(join(makeTemporaryDir(t), 'evening'), { seed: 1 });
  t.after(() => project.close());
  const options = { name: 'evening', ratersPerPair: 9 };
  const study = await makePairStudy(project, SHIPPED, options);
  assert.equal((await makePairStudy(project, SHIPPED, options)).registration, study.registration);
  const pairs = await listStudyPairs(project.db, study.id);
  assert.match((study.config.plan as { hypothesis: string }).hypothesis, /^By majority of nine people/);
  await simulateStudy(makeSession(project), study);
  const verdict = await collectVerdict(project, study);
  assert.deepEqual([verdict.pairsDone, verdict.registered, verdict.simulated], [pairs.length, true, 'all']);
  assert.equal(verdict.votes, pairs.length * 9 * 2);
});

test('a folder that is none, a file that leads elsewhere, and a prompt that is learned from are refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(join(dir, 'project'), { seed: 1 });
  t.after(() => project.close());
  const options = { name: 'evening', ratersPerPair: 9 };
  await assert.rejects(makePairStudy(project, dir, options), { code: 'USAGE', message: /has no pairs\.json/ });
  const folder = readPairFolder(SHIPPED);
  const [first] = folder.pairs;
  const copy = join(dir, 'copy');
  const write = (content: PairFolder) => writeFileSync(join(copy, PAIRS_FILE), JSON.stringify(content));
  cpSync(SHIPPED, copy, { recursive: true });
  write({ ...folder, pairs: [first!, { ...first!, prompt: 'a lighthouse at night' }] });
  const simulatedBy = makeSession(project).world!;
  await assert.rejects(makePairStudy(project, copy, { ...options, simulatedBy }), {
    code: 'USAGE',
    message: /knows nothing of 1 of the 2 prompts, such as "a lighthouse at night"/,
  });
  write({ ...folder, pairs: [first!] });
  writeFileSync(join(copy, first!.files[1]), await encodePng(new Uint8Array(3 * 64), 8, 8));
  await assert.rejects(makePairStudy(project, copy, { ...options, simulatedBy }), {
    code: 'MISMATCH',
    message: `evaluate: the judge sees pictures of 32×32, but ${first!.files[1]} has 8×8`,
  });
  assert.deepEqual([await findStudy(project.db, 'evening'), (await listImages(project.db)).length], [undefined, 0]);
  assert.deepEqual(readdirSync(join(project.dir, 'images')), []);
  write({ ...folder, pairs: [{ ...first!, files: ['../secret.png', first!.files[1]] }] });
  await assert.rejects(makePairStudy(project, copy, options), { code: 'STORAGE', message: /name of a PNG file/ });
  assert.ok(existsSync(copy));
  await insertPrompts(project.db, [{ text: first!.prompt, category: 'count', slots: {}, split: 'seen' }]);
  await assert.rejects(makePairStudy(project, SHIPPED, options), {
    code: 'USAGE',
    message: /unseen in the folder and seen/,
  });
});
