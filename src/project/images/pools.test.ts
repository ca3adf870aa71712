import assert from 'node:assert/strict';
import { BASE_HASH, fillStore, makeImage, testDatabases } from '../testing.ts';
import { insertImages } from './images.ts';
import { describeDifference, describeMix, listPools } from './pools.ts';

testDatabases(
  'pictures are told apart by how they were drawn, and the differing parts alone are told',
  async (_t, db) => {
    await fillStore(db, 3);
    const usual = { sampler: 'ddim', steps: 20, guidanceScale: 7.5 };
    const [pool] = await listPools(db, 'feedback', BASE_HASH);
    assert.equal(pool!.count, 3);
    assert.equal(describeDifference([pool!], usual), undefined);
    assert.equal(describeMix([pool!]), undefined);
    assert.equal(
      describeDifference([pool!], { ...usual, steps: 8, guidanceScale: 4 }),
      '3 pictures were drawn with 20 steps, guidance 7.5; this command draws with 8 steps, guidance 4',
    );
    const other = {
      ...makeImage(9),
      negativePrompt: 'blurry',
      width: 64,
      height: 32,
      precision: 'float16',
      vaeTile: 32,
    };
    const outside = { ...makeImage(10), sampler: 'none', steps: 0, guidanceScale: 0 };
    await insertImages(db, [other, outside]);
    const pools = await listPools(db, 'feedback');
    assert.deepEqual(
      pools.map(({ count }) => count),
      [3, 1],
      'pictures from outside were not drawn',
    );
    assert.equal(
      describeMix(pools),
      '3 pictures were drawn with no negative prompt, the model’s own size, float32, whole pictures, 1 with away from "blurry", 64 × 32 pixels, float16, tiles of 32 pixels; all of them are used',
    );
    assert.equal((await listPools(db, 'evaluation')).length, 0);
  },
);
