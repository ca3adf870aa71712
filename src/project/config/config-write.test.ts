import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CollimateError } from '../../util/errors.ts';
import { createProject, openProject } from '../project.ts';
import { makeTemporaryDir } from '../testing.ts';
import { changeConfigFile } from './config-write.ts';

test('keys are set and taken out, comments stay, and what does not fit changes nothing', async (t) => {
  const dir = makeTemporaryDir(t);
  await (await createProject(dir, { seed: 7 })).close();
  const path = join(dir, 'collimate.yaml');
  changeConfigFile(dir, { 'tune.beta': 0.25, 'label.errorRate': [0, 0.1], model: 'embedded' });
  const project = await openProject(dir);
  assert.equal(project.config.tune.beta, 0.25);
  assert.deepEqual(project.config.label.errorRate, [0, 0.1]);
  assert.equal(project.config.seed, 7);
  await project.close();
  const text = readFileSync(path, 'utf8');
  assert.match(text, /# Weight of the loss on pre-training pairs/);

  for (const changes of [{ 'tune.beta': 'much' }, { 'tune.nothing': 1 }, { tune: 3 }, { '__proto__.x': 1 }])
    assert.throws(() => changeConfigFile(dir, changes), CollimateError, JSON.stringify(changes));
  assert.equal(readFileSync(path, 'utf8'), text);

  changeConfigFile(dir, { 'tune.beta': null, seed: null });
  const again = await openProject(dir);
  assert.equal(again.config.tune.beta, 0.1);
  assert.equal(again.config.seed, 0);
  await again.close();
});
