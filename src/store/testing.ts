// A small filled store for tests: one prompt, one base model, images, a rater and a guideline in a temporary folder.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Database, openDatabase } from './database.ts';
import { addGuideline } from './guidelines.ts';
import { imageId, insertImages, type NewImage } from './images.ts';
import { putModel } from './models.ts';
import { insertPrompts, promptId } from './prompts.ts';
import { putRater } from './raters.ts';

/** A temporary folder that the test removes when it ends. */
export function makeTemporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A database in a temporary folder, closed when the test ends. */
export async function openTestDatabase(t: TestContext): Promise<Database> {
  const db = await openDatabase(join(makeTemporaryDir(t), 'test.db'));
  t.after(() => db.destroy());
  return db;
}

export const BASE_HASH = 'b'.repeat(64);
export const PROMPT = 'two green dogs in a city';

/** The image that seed `seed` draws for `PROMPT`. */
export function makeImage(seed: number): NewImage {
  const hash = seed.toString(16).padStart(64, '0');
  return {
    promptId: promptId(PROMPT),
    seed,
    sampler: 'ddim',
    steps: 20,
    guidanceScale: 7.5,
    modelHash: BASE_HASH,
    purpose: 'feedback',
    hash,
  };
}

/** Fills `db` with `count` images of `PROMPT` and rater `ann`; returns the identifiers of the images. */
export async function fillStore(db: Database, count: number): Promise<string[]> {
  await addGuideline(db, 'Good shows what the prompt says.');
  const slots = { count: 2, color: 'green', subject: 'dog', background: 'city' };
  await insertPrompts(db, [{ text: PROMPT, category: 'combination', slots, split: 'seen' }]);
  await putModel(db, { hash: BASE_HASH, kind: 'base', path: 'embedded' });
  await putRater(db, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
  const images = Array.from({ length: count }, (_, seed) => makeImage(seed));
  await insertImages(db, images);
  return images.map(imageId);
}
