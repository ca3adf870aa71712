import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { openDatabase } from '../database/database.ts';
import { fillStore, testDatabases } from '../testing.ts';
import { imageId, insertImages, listImages } from './images.ts';

testDatabases(
  'a project from before images had sizes opens, and its images are those of the model’s own size',
  async (t, db, target) => {
    await fillStore(db, 3);
    const before = await listImages(db);
    await sql`alter table images drop column width`.execute(db);
    await sql`alter table images drop column height`.execute(db);
    await sql`alter table images drop column precision`.execute(db);
    await sql`alter table images drop column vae_tile`.execute(db);
    for (const name of ['%image_sizes', '%image_precisions', '%image_tiles'])
      await sql`delete from kysely_migration where name like ${name}`.execute(db);
    const opened = await openDatabase(target);
    t.after(() => opened.destroy());
    assert.deepEqual(await listImages(opened), before);
    assert.deepEqual([before[0]!.width, before[0]!.height, before[0]!.precision], [null, null, 'float32']);

    const [recipe] = before;
    assert.equal(imageId({ ...recipe!, width: null, height: null }), recipe!.id);
    const wide = { ...recipe!, width: 48, height: 32 };
    assert.notEqual(imageId(wide), recipe!.id);
    assert.notEqual(imageId(wide), imageId({ ...wide, width: 32, height: 48 }));
    assert.equal(await insertImages(opened, [wide, recipe!]), 1, 'one recipe is there, the other size is new');
    assert.equal((await listImages(opened)).find(({ id }) => id === imageId(wide))!.width, 48);
  },
);
