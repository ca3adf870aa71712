import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { embedded } from '../../world/worlds/embedded.ts';
import { openImagePool } from './pool.ts';

test('experiments choose on development prompts where there are any, and draw nothing of the unseen ones', async (t) => {
  const dir = makeTemporaryDir(t);
  const models = makeTinyPipeline(join(dir, 'models'));
  const session = {
    world: embedded,
    progress: createProgress({ stream: process.stderr, silent: true }),
    signal: new AbortController().signal,
  };
  for (const [developmentPerCategory, chosen, closed] of [
    [1, 'development', 'unseen'],
    [0, 'unseen', 'development'],
  ] as const) {
    const pool = await openImagePool(session, {
      dir: join(dir, `pool-${developmentPerCategory}`),
      config: {
        model: models.sd,
        clip: models.clip,
        threads: 1,
        prompts: { count: 1, color: 1, background: 0, combination: 0, unseenPerCategory: 1, developmentPerCategory },
        generate: { imagesPerPrompt: 1, steps: 1, guidanceScale: 1, batchSize: 8 },
        evaluate: { promptsPerCategory: 2 },
      },
      perUnseen: 2,
      judgeDir: models.judge,
    });
    try {
      const { db } = pool.project;
      const splits = new Map((await listPrompts(db)).map(({ id, split }) => [id, split]));
      assert.ok([...splits.values()].includes('unseen'), 'there is a test set that could be opened');
      assert.deepEqual(new Set(pool.unseen.map(({ prompt }) => splits.get(prompt.id))), new Set([chosen]));
      assert.equal(pool.unseen.length, 2 * [...splits.values()].filter((split) => split === chosen).length);
      const drawn = await listImages(db, { purpose: 'evaluation' });
      assert.ok(drawn.every(({ promptId }) => splits.get(promptId) !== closed));
    } finally {
      await pool.dispose();
    }
  }
});
