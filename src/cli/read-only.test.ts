import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import type { Database } from '../project/database/database.ts';
import { listImages } from '../project/images/images.ts';
import { createProject } from '../project/project.ts';
import { insertRatings } from '../project/rating/ratings.ts';
import { fillStore, makePostgresSchema, makeTemporaryDir, skipPostgres, withReadOnlyView } from '../project/testing.ts';
import { runCommand } from './testing.ts';

/** What reads a project, and where it writes what it read. */
const readers = (dir: string, image: string): string[][] => [
  ['raters'],
  ['status'],
  ['quality'],
  ['lineage', image],
  ['report', '--out', join(dir, 'reports')],
  ['export', 'csv', join(dir, 'out.csv')],
];

/** Three pictures, one of them rated, which is returned. */
async function fillRated(db: Database): Promise<string> {
  const [image] = await fillStore(db, 3);
  const ratedAt = '2026-01-01T00:00:00.000Z';
  const of = { imageId: image!, raterId: 'ann', guidelineVersion: 1 };
  await insertRatings(db, [{ ...of, answer: 'good', ratedAt, milliseconds: 900 }]);
  return image!;
}

test('a project on a file system that cannot be written is read, and what would change it is refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const source = join(dir, 'source');
  const project = await createProject(source);
  const image = await fillRated(project.db);
  await project.close();
  const before = readdirSync(source);
  const shown = await withReadOnlyView(source, async (archive) => {
    const run = (...args: string[]) => runCommand(['-C', archive, ...args, '--json']);
    for (const args of readers(dir, image)) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 0, `${args[0]}: ${stderr}`);
      assert.match(stderr, /cannot be written: it is only read/);
    }
    // Its rows are made up: three pictures without files, and a base model of another hash.
    const check = await run('check');
    assert.deepEqual([check.status, JSON.parse(check.stdout).problems], [1, 4], check.stderr);
    assert.ok(existsSync(join(dir, 'reports', basename(archive), 'report.html')));
    const words = join(dir, 'own.txt');
    writeFileSync(words, 'a green wall');
    const changes = ['raters --exclude ann', `prompts import ${words}`, `import csv ${join(dir, 'out.csv')}`];
    for (const change of ['generate', 'report', ...changes, 'people reset Ann'])
      assert.match((await run(...change.split(' '))).stderr, /can only be read, and/, change);
  });
  // Root writes in whatever folder it likes but on a read-only mount, and mounting takes root: without, nothing was shown.
  if (!shown) return t.skip('a folder can be mounted read-only by root only');
  assert.deepEqual(readdirSync(source), before);
});

test('a project whose database role may only read is read, and what would change it is refused', {
  skip: skipPostgres,
}, async (t) => {
  const dir = makeTemporaryDir(t);
  const url = await makePostgresSchema(t);
  const project = await createProject(join(dir, 'team'), { database: url });
  const image = await fillRated(project.db);
  const images = await listImages(project.db);
  t.after(() => project.close());
  writeFileSync(join(dir, 'own.txt'), 'two red foxes\n');
  const reading = await makeReadingRole(url);
  try {
    const env = { COLLIMATE_DATABASE: reading.url };
    const run = (...args: string[]) => runCommand(['-C', project.dir, ...args, '--json'], { env });
    for (const args of readers(dir, image)) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 0, `${args[0]}: ${stderr}`);
    }
    for (const args of [['raters', '--exclude', 'ann'], ['prompts', 'import', join(dir, 'own.txt')], ['generate']])
      assert.match((await run(...args)).stderr, /permission denied .*\n {2}This user may read/, args.join(' '));
    const studio = await run('studio', '--port', '0');
    assert.equal(studio.status, 2);
    assert.match(studio.stderr, /the user of postgres:.* may only read, and who signs in or answers writes/);
    assert.doesNotMatch(studio.stderr, /:reads@/);
  } finally {
    await reading.drop();
  }
  assert.deepEqual(await listImages(project.db), images);
});

/** A role that may read the tables of the schema at `url`, and nothing else. */
async function makeReadingRole(url: string) {
  const name = `reader_${process.pid}`;
  const admin = new pg.Client(url);
  await admin.connect();
  const schema = (await admin.query<{ schema: string }>('select current_schema() as schema')).rows[0]!.schema;
  await admin.query(`create role ${name} login password 'reads'`);
  await admin.query(
    `grant usage on schema ${schema} to ${name}; grant select on all tables in schema ${schema} to ${name}`,
  );
  const reading = new URL(url);
  [reading.username, reading.password] = [name, 'reads'];
  return {
    url: reading.href,
    async drop() {
      await admin.query(`drop owned by ${name}; drop role ${name}`);
      await admin.end();
    },
  };
}
