import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertModel } from '../../models/convert.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { publishModel } from './publish.ts';

const fixture = 'test/fixtures/current/pipeline';

test('a text encoder in halves is said to be used as float32, as the U-Net is; one in float32 stays as it was', async (t) => {
  const root = makeTemporaryDir(t);
  for (const dtype of ['float16', 'float32'] as const) {
    const [base, checkpoint, folder] = ['base', 'checkpoint', 'tuned'].map((name) => join(root, `${name}-${dtype}`));
    convertModel(fixture, base!, { dtype });
    cpSync(join(base!, 'unet'), join(checkpoint!, 'unet'), { recursive: true });
    await publishModel(folder!, openPipeline(base!), checkpoint!);
    const [before, now] = [base, folder].map((model) => readFileSync(join(model!, 'text_encoder/config.json'), 'utf8'));
    const fields = JSON.parse(before!) as object;
    assert.deepEqual(JSON.parse(now!), dtype === 'float16' ? { ...fields, dtype: 'float32' } : fields);
    assert.match(now!, /"initializer_factor": 1\.0/);
    if (dtype === 'float32') assert.equal(now, before);
    const read = (model: string) => openPipeline(model).parameters('text_encoder');
    assert.deepEqual(read(folder!), read(base!));
  }
});
