// A project of 0.1, where pictures were known by their packed files: everything that it holds stays as it is.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { importFile } from '../src/method/exchange/formats.ts';
import { describeProject, NOTHING } from '../src/method/exchange/testing.ts';
import { addOwnImages } from '../src/method/feedback/own-images.ts';
import { nextItems } from '../src/method/feedback/queue/next-items.ts';
import { cachedVectors } from '../src/method/tuning/cache.ts';
import { hashPixels } from '../src/pictures/identity.ts';
import { decodePng } from '../src/pictures/image.ts';
import { reencodePicture } from '../src/pictures/reencode.ts';
import { storeDrawn } from '../src/project/images/drawn.ts';
import { readEmbeddings } from '../src/project/images/embeddings.ts';
import { findImages, listImages } from '../src/project/images/images.ts';
import { fillPixelHashes, findImagesOfFile } from '../src/project/images/pixel-hashes.ts';
import { readImageLineage } from '../src/project/learning/lineage.ts';
import { openProject, type Project } from '../src/project/project.ts';
import { countAnswersByDay } from '../src/project/rating/rating-counts.ts';
import { listRatings } from '../src/project/rating/ratings.ts';
import { checkRegistration, findStudy } from '../src/project/studies/studies.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/project-0.1', import.meta.url));
const EXPORTS = join(FIXTURE, 'exports');

async function openCopy(t: TestContext): Promise<Project> {
  const dir = join(makeTemporaryDir(t), 'project');
  for (const name of ['images', 'collimate.yaml']) cpSync(join(FIXTURE, name), join(dir, name), { recursive: true });
  cpSync(join(FIXTURE, 'latents'), join(dir, '.cache/latents'), { recursive: true });
  writeFileSync(join(dir, 'collimate.db'), gunzipSync(readFileSync(join(FIXTURE, 'collimate.db.gz'))));
  const project = await openProject(dir);
  t.after(() => project.close());
  return project;
}

test('pictures, answers, scores, embeddings, latents, queue, studies and lineage of an older project stay', async (t) => {
  const project = await openCopy(t);
  const { db, images: blobs } = project;
  const images = await listImages(db, { purpose: 'feedback' });
  assert.deepEqual([images.length, (await listImages(db)).length], [5, 9]);
  for (const { hash } of images) assert.ok((await blobs.getBlob(hash)).length > 0, 'its file has the name that it had');
  assert.deepEqual((await listRatings(db)).map(({ answer }) => answer).sort(), [
    'bad',
    'bad',
    'good',
    'good',
    'skip',
    'skip',
    'skip',
  ]);
  const hashes = images.map(({ hash }) => hash);
  assert.equal((await readEmbeddings(db, 'clip', hashes)).size, 5);
  const never = () => assert.fail('the latents are cached');
  const cache = { dir: join(project.dir, '.cache/latents'), encoder: 'vae', signal: new AbortController().signal };
  assert.equal((await cachedVectors(hashes, 3, never, cache))[0], 7);
  assert.equal(await checkRegistration(db, (await findStudy(db, 'first'))!), true);
  const lineage = await readImageLineage(db, images.find(({ seed, modelHash }) => seed === 0 && modelHash[0] === 'b')!);
  assert.deepEqual([lineage.model.path, lineage.rewards.length, lineage.taught[0]?.tuned.length], ['embedded', 1, 1]);
  const items = await nextItems({ db, config: project.config }, { raterId: 'bob', count: 5 });
  assert.equal(items.length, 3, 'the one that was open, and those that bob has not rated');
});

test('their identity by pixels is made when it is asked for, and is that of the same pixels packed otherwise', async (t) => {
  const project = await openCopy(t);
  const [image] = await listImages(project.db, { purpose: 'feedback' });
  assert.equal(image!.pixelHash, null);
  const png = await project.images.getBlob(image!.hash);
  const loose = join(project.dir, 'loose.png');
  await sharp(png).png({ compressionLevel: 0 }).toFile(loose);
  const found = await findImagesOfFile(project, loose);
  assert.ok(found.some(({ id }) => id === image!.id));
  const identity = hashPixels(await decodePng(png));
  assert.deepEqual(new Set(found.map(({ pixelHash }) => pixelHash)), new Set([identity]));
  assert.ok((await findImages(project.db, image!.hash.slice(0, 10))).length > 0, 'by its former name too');
  assert.equal(await fillPixelHashes(project), 0, 'once');
});

test('what an older release exported changes nothing where it came from', async (t) => {
  const project = await openCopy(t);
  const before = await describeProject(project);
  const rows = await project.db.selectFrom('images').select('id').execute();
  const names: Record<string, string> = {
    csv: 'ratings.csv',
    'pick-a-pic': 'pairs.parquet',
    preference: 'preference.parquet',
    parquet: 'whole.parquet',
    'label-studio': 'tasks.json',
    imagefolder: 'folder.zip',
  };
  assert.deepEqual(
    new Set(Object.values(names)),
    new Set(readdirSync(EXPORTS).filter((name) => !name.endsWith('.xml'))),
  );
  for (const [format, name] of Object.entries(names)) {
    const { knownImages, knownRatings, derivedRatings, knownPairs, ...rest } = await importFile(project, {
      format,
      path: join(EXPORTS, name),
    });
    assert.deepEqual({ ...NOTHING, ...rest }, NOTHING, format);
    assert.ok(knownRatings + derivedRatings + knownPairs > 0, format);
    assert.deepEqual(await describeProject(project), before, format);
  }
  assert.deepEqual(await project.db.selectFrom('images').select('id').execute(), rows);
});

test('an own picture that is given again is the one that is there; a picture whose file was lost is drawn into its row', async (t) => {
  const project = await openCopy(t);
  const own = await sharp({
    create: { width: 6, height: 4, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
  })
    .webp({ lossless: true })
    .toBuffer();
  const given = await addOwnImages(project, 'two green dogs in a city', [(await reencodePicture(own)).png]);
  assert.deepEqual([given.stored, given.known], [0, 1]);

  const [image] = await listImages(project.db, { purpose: 'feedback' });
  const png = await project.images.getBlob(image!.hash);
  rmSync(project.images.blobPath(image!.hash));
  const notes: string[] = [];
  const { id: _, hash: _hash, pixelHash: _pixels, createdAt: _time, ...recipe } = image!;
  await storeDrawn(project, [{ ...recipe, png }], (text) => notes.push(text));
  const again = (await listImages(project.db, { purpose: 'feedback' })).find(({ id }) => id === image!.id)!;
  assert.equal(again.hash, hashPixels(await decodePng(png)));
  assert.deepEqual([await project.images.hasBlob(again.hash), notes], [true, []]);
});

test('times of answers that came with an offset are in UTC', async (t) => {
  const { db } = await openCopy(t);
  const times = (await listRatings(db, { raterId: 'ann' })).map(({ ratedAt }) => ratedAt);
  assert.ok(times.includes('2026-02-28T19:30:00.000Z'));
  assert.ok((await countAnswersByDay(db, 100)).some(({ day }) => day === '2026-02-28'));
});
