// Numbered changes of the tables, run in order at open and recorded, so that running them again does nothing.
// A migration that has been released is never edited: the next one gets the next number.

import type { Kysely, Migration } from 'kysely';
import { queue } from './migrations/0002-queue.ts';
import { studies } from './migrations/0003-studies.ts';
import { studio } from './migrations/0004-studio.ts';
import { negativePrompts } from './migrations/0005-negative-prompts.ts';
import { heldOut } from './migrations/0006-held-out.ts';
import { rewardDoubt } from './migrations/0007-reward-doubt.ts';
import { imageSizes } from './migrations/0008-image-sizes.ts';
import { pixelHashes } from './migrations/0009-pixel-hashes.ts';
import { utcTimes } from './migrations/0010-utc-times.ts';
import { makers } from './migrations/0011-makers.ts';
import { runSettings } from './migrations/0012-run-settings.ts';
import { promptEdits } from './migrations/0013-prompt-edits.ts';
import { imageNames } from './migrations/0014-image-names.ts';
import { preferences } from './migrations/0015-preferences.ts';
import { tuneExamples } from './migrations/0016-tune-examples.ts';
import { testOpenings } from './migrations/0017-test-openings.ts';
import { reasons } from './migrations/0018-reasons.ts';
import { workers } from './migrations/0019-workers.ts';
import { notices } from './migrations/0020-notices.ts';
import { decisions } from './migrations/0021-decisions.ts';
import { crowds } from './migrations/0022-crowds.ts';
import { batches } from './migrations/0023-batches.ts';
import { questions } from './migrations/0024-questions.ts';
import { imagePrecisions } from './migrations/0025-image-precisions.ts';
import { imageTiles } from './migrations/0026-image-tiles.ts';
import { longPrompts } from './migrations/0027-long-prompts.ts';

const initial: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable('guidelines')
      .addColumn('version', 'integer', (c) => c.primaryKey())
      .addColumn('text', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('prompts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('text', 'text', (c) => c.notNull().unique())
      .addColumn('category', 'text', (c) => c.notNull())
      .addColumn('slots', 'text', (c) => c.notNull())
      .addColumn('split', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('models')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('path', 'text', (c) => c.notNull())
      .addColumn('parentHash', 'text', (c) => c.references('models.hash'))
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('images')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('promptId', 'text', (c) => c.notNull().references('prompts.id'))
      .addColumn('seed', 'bigint', (c) => c.notNull())
      .addColumn('sampler', 'text', (c) => c.notNull())
      .addColumn('steps', 'integer', (c) => c.notNull())
      .addColumn('guidanceScale', 'double precision', (c) => c.notNull())
      .addColumn('modelHash', 'text', (c) => c.notNull().references('models.hash'))
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('batch', 'text')
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('imagesByHash').on('images').column('hash').execute();
    await schema.createIndex('imagesByPrompt').on('images').column('promptId').execute();
    await schema.createIndex('imagesByPurpose').on('images').columns(['purpose', 'modelHash']).execute();
    await schema
      .createTable('raters')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('settings', 'text', (c) => c.notNull())
      .addColumn('excluded', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('ratings')
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('ratedAt', 'text', (c) => c.notNull())
      .addColumn('milliseconds', 'integer', (c) => c.notNull())
      .addColumn('guidelineVersion', 'integer', (c) => c.notNull().references('guidelines.version'))
      .addPrimaryKeyConstraint('ratingsKey', ['imageId', 'raterId'])
      .execute();
    await schema.createIndex('ratingsByRater').on('ratings').column('raterId').execute();
    await schema
      .createTable('runs')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('stage', 'text', (c) => c.notNull())
      .addColumn('configHash', 'text', (c) => c.notNull())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('startedAt', 'text', (c) => c.notNull())
      .addColumn('finishedAt', 'text')
      .addColumn('progress', 'text', (c) => c.notNull())
      .addColumn('error', 'text')
      .execute();
    await schema
      .createTable('rewardModels')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('runId', 'text', (c) => c.references('runs.id'))
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('dataHash', 'text', (c) => c.notNull())
      .addColumn('scores', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('rewardExamples')
      .addColumn('rewardHash', 'text', (c) => c.notNull().references('rewardModels.hash'))
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('part', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('rewardExamplesKey', ['rewardHash', 'imageId'])
      .execute();
    await schema.createIndex('rewardExamplesByImage').on('rewardExamples').column('imageId').execute();
    await schema
      .createTable('rewards')
      .addColumn('rewardHash', 'text', (c) => c.notNull().references('rewardModels.hash'))
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('score', 'double precision', (c) => c.notNull())
      .addPrimaryKeyConstraint('rewardsKey', ['rewardHash', 'imageId'])
      .execute();
    await schema.createIndex('rewardsByImage').on('rewards').column('imageId').execute();
    await schema
      .createTable('checkpoints')
      .addColumn('runId', 'text', (c) => c.notNull().references('runs.id'))
      .addColumn('step', 'integer', (c) => c.notNull())
      .addColumn('modelHash', 'text', (c) => c.notNull().references('models.hash'))
      .addColumn('rewardHash', 'text', (c) => c.references('rewardModels.hash'))
      .addColumn('dataHash', 'text', (c) => c.notNull())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('metrics', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('checkpointsKey', ['runId', 'step'])
      .execute();
    await schema.createIndex('checkpointsByModel').on('checkpoints').column('modelHash').execute();
    await schema
      .createTable('evaluations')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('runId', 'text', (c) => c.references('runs.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('modelHash', 'text', (c) => c.notNull().references('models.hash'))
      .addColumn('baselineHash', 'text', (c) => c.references('models.hash'))
      .addColumn('rewardHash', 'text', (c) => c.references('rewardModels.hash'))
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('metrics', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('embeddings')
      .addColumn('subjectHash', 'text', (c) => c.notNull())
      .addColumn('encoderHash', 'text', (c) => c.notNull())
      // SQLite keeps bytes as they come under any type name, so PostgreSQL's spelling serves both.
      .addColumn('vector', 'bytea', (c) => c.notNull())
      .addPrimaryKeyConstraint('embeddingsKey', ['encoderHash', 'subjectHash'])
      .execute();
  },
};

/** All migrations by number. */
export const migrations: Record<string, Migration> = {
  '0001_initial': initial,
  '0002_queue': queue,
  '0003_studies': studies,
  '0004_studio': studio,
  '0005_negative_prompts': negativePrompts,
  '0006_held_out': heldOut,
  '0007_reward_doubt': rewardDoubt,
  '0008_image_sizes': imageSizes,
  '0009_pixel_hashes': pixelHashes,
  '0010_utc_times': utcTimes,
  '0011_makers': makers,
  '0012_run_settings': runSettings,
  '0013_prompt_edits': promptEdits,
  '0014_image_names': imageNames,
  '0015_preferences': preferences,
  '0016_tune_examples': tuneExamples,
  '0017_test_openings': testOpenings,
  '0018_reasons': reasons,
  '0019_workers': workers,
  '0020_notices': notices,
  '0021_decisions': decisions,
  '0022_crowds': crowds,
  '0023_batches': batches,
  '0024_questions': questions,
  '0025_image_precisions': imagePrecisions,
  '0026_image_tiles': imageTiles,
  '0027_long_prompts': longPrompts,
};
