// The builders ask for exactly the parameters that published weight files hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../engine/nn/params.ts';
import { readParameters } from '../engine/weights/read-weights.ts';
import { clip } from './clip/clip.ts';
import { parseClipConfig } from './clip/config.ts';
import { readJsonObject } from './config.ts';
import { openPipeline } from './pipeline.ts';

for (const name of ['sd1', 'sd2']) {
  const folder = `test/fixtures/${name}`;
  const config = (part: string) => readJsonObject(`${folder}/${part}/config.json`);
  const check = (part: string, specs: ParamSpec[]) => {
    const stored = [...readParameters(`${folder}/${part}`)].map(([key, { shape }]) => `${key} [${shape.join(', ')}]`);
    assert.deepEqual(specs.map((spec) => `${spec.name} [${spec.shape.join(', ')}]`).sort(), stored.sort());
  };

  for (const [component, specs] of Object.entries(openPipeline(`${folder}/sd`).declare))
    test(`${name}: ${component} declares the parameters of its weight file`, () => check(`sd/${component}`, specs()));

  test(`${name}: CLIP declares the parameters of its weight file`, () => {
    const clipConfig = parseClipConfig(config('clip'));
    const ids = input('ids', [1, 5], 'int64');
    check(
      'clip',
      declareParams((p) => clip(p, clipConfig, ids, input('pixels', [1, 3, 32, 32]))),
    );
  });
}
